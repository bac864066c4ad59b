import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { OperatingError, writeFileAtomic, type DataFolder } from '../../daemon/index.js';
import { print, printJson } from '../output.js';

interface Kubeconfig {
  apiVersion: string;
  kind: string;
  clusters: { name: string }[];
  users: { name: string }[];
  contexts: { name: string }[];
  'current-context'?: string;
}

/** `kubactor kubeconfig [--merge]`. */
export function kubeconfig(
  folder: DataFolder,
  { merge, json }: { readonly merge: boolean; readonly json: boolean },
): number {
  if (!existsSync(folder.kubeconfig)) {
    throw new OperatingError(
      `no kubeconfig in ${folder.root}: start a cluster first, with \`kubactor start\``,
    );
  }
  const text = readFileSync(folder.kubeconfig, 'utf8');
  if (merge) return mergeInto(mergeTarget(process.env['KUBECONFIG']), parse(text) as Kubeconfig);
  if (json) printJson(parse(text));
  else print(text.trimEnd());
  return 0;
}

/** The first file of $KUBECONFIG; where that is unset or empty, kubectl's own. */
function mergeTarget(variable: string | undefined): string {
  const [first] = (variable ?? '').split(path.delimiter).filter((file) => file !== '');
  return first ?? path.join(homedir(), '.kube/config');
}

/** Replaces the entries of the same names, keeps all others, and makes ours the current context. */
function mergeInto(file: string, ours: Kubeconfig): number {
  const theirs = existsSync(file) ? readTheirs(file) : null;
  const joined = {
    apiVersion: 'v1',
    kind: 'Config',
    ...theirs,
    clusters: mergeNamed(theirs?.clusters, ours.clusters),
    users: mergeNamed(theirs?.users, ours.users),
    contexts: mergeNamed(theirs?.contexts, ours.contexts),
    'current-context': ours['current-context'],
  };
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(file, stringify(joined));
  print(`merged into ${file}; the current context is ${ours['current-context'] ?? ''}`);
  return 0;
}

function readTheirs(file: string): Partial<Kubeconfig> | null {
  try {
    return parse(readFileSync(file, 'utf8')) as Partial<Kubeconfig> | null;
  } catch (error) {
    const reason = ((error as Error).message.split('\n')[0] ?? '').replace(/:$/, '');
    throw new OperatingError(`${file} is left as it is, since it cannot be read: ${reason}`);
  }
}

function mergeNamed<T extends { name: string }>(kept: T[] | undefined, added: T[]): T[] {
  const names = new Set(added.map(({ name }) => name));
  return [...(kept ?? []).filter(({ name }) => !names.has(name)), ...added];
}
