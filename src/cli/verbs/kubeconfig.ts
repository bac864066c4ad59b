import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
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
  if (merge) return mergeInto(targetFile(process.env), parse(text) as Kubeconfig);
  if (json) printJson(parse(text));
  else print(text.trimEnd());
  return 0;
}

/** As kubectl does: the first file of $KUBECONFIG, else ~/.kube/config. A link stays, its target is written. */
function targetFile(environment: NodeJS.ProcessEnv): string {
  const named = (environment['KUBECONFIG'] ?? '').split(path.delimiter).find((file) => file !== '');
  const file = named ?? path.join(homedir(), '.kube/config');
  return existsSync(file) ? realpathSync(file) : file;
}

/** What stands there; changes nothing where that is no kubeconfig. */
function readTheirs(file: string): Partial<Kubeconfig> {
  if (!existsSync(file)) return {};
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new OperatingError(
      `${file} is left as it is, since it cannot be read: ${firstLine(error)}`,
    );
  }
  if (content === null) return {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw new OperatingError(`${file} is left as it is, since it is no kubeconfig`);
  return content;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** Replaces the entries of the same names, keeps all others, and makes ours the current context. */
function mergeInto(file: string, ours: Kubeconfig): number {
  const theirs = readTheirs(file);
  const joined = {
    ...ours,
    ...theirs,
    clusters: mergeNamed(theirs.clusters, ours.clusters),
    users: mergeNamed(theirs.users, ours.users),
    contexts: mergeNamed(theirs.contexts, ours.contexts),
    'current-context': ours['current-context'],
  };
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(file, stringify(joined));
  print(`merged into ${file}; the current context is ${ours['current-context'] ?? ''}`);
  return 0;
}

function mergeNamed<T extends { name: string }>(kept: T[] | null | undefined, added: T[]): T[] {
  const names = new Set(added.map(({ name }) => name));
  return [...(kept ?? []).filter(({ name }) => !names.has(name)), ...added];
}
