import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { failed, ok, type Result } from '../../base/index.js';
import { nearestName } from './nearest-name.js';
import { leafPaths, readPath, settingPaths, writePath } from './paths.js';
import { API_VERSION, clusterSchema, KIND, NOT_BUILT_YET, type ClusterConfig } from './schema.js';

export interface ConfigSources {
  /** The YAML file, if one is named. */
  readonly file?: string | undefined;
  /** `path=value`, from `--set`. */
  readonly set: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface LoadedConfig {
  readonly config: ClusterConfig;
  /** For each path where its value came from. */
  readonly origins: ReadonlyMap<string, string>;
}

/** Flags over environment over file over default. A failure is one line for each mistake, with its path. */
export function loadConfig(sources: ConfigSources): Result<LoadedConfig, readonly string[]> {
  const origins = new Map<string, string>();
  const file = sources.file === undefined ? ok({}) : readConfigFile(sources.file);
  if (!file.ok) return file;
  const draft: Record<string, unknown> = structuredClone(file.value);
  for (const path of leafPaths(draft)) origins.set(path, `file ${sources.file ?? ''}`);

  const mistakes: string[] = [];
  for (const path of settingPaths(clusterSchema)) {
    const name = environmentName(path);
    const text = sources.environment[name];
    if (text === undefined) continue;
    writePath(draft, path, scalar(text));
    origins.set(path, `environment ${name}`);
  }
  for (const assignment of sources.set) {
    const [path = '', ...rest] = assignment.split('=');
    if (rest.length === 0) mistakes.push(`--set ${assignment}: expected path=value`);
    else {
      writePath(draft, path, scalar(rest.join('=')));
      origins.set(path, 'flag');
    }
  }
  const parsed = clusterSchema.safeParse(draft);
  if (!parsed.success)
    mistakes.push(...parsed.error.issues.flatMap((issue) => issueLines(issue, draft)));
  if (mistakes.length > 0 || !parsed.success) return failed(mistakes);
  const refused = notBuiltYet(parsed.data);
  if (refused.length > 0) return failed(refused);
  return ok({ config: deepFreeze(parsed.data), origins });
}

/** `apiServer.port` is KUBACTOR_API_SERVER_PORT. */
export function environmentName(path: string): string {
  return `KUBACTOR_${path
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

function readConfigFile(file: string): Result<Record<string, unknown>, readonly string[]> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return failed([`${file}: cannot be read: ${(error as Error).message}`]);
  }
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    return failed(document.errors.map((error) => `${file}: ${error.message.split('\n')[0] ?? ''}`));
  }
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return failed([`${file}: expected a mapping with apiVersion and kind`]);
  }
  const { apiVersion, kind, ...settings } = content as Record<string, unknown>;
  const mistakes: string[] = [];
  if (apiVersion !== API_VERSION)
    mistakes.push(`apiVersion: expected ${API_VERSION}, got ${shown(apiVersion)}`);
  if (kind !== KIND) mistakes.push(`kind: expected ${KIND}, got ${shown(kind)}`);
  return mistakes.length > 0 ? failed(mistakes) : ok(settings);
}

function notBuiltYet(config: ClusterConfig): string[] {
  return NOT_BUILT_YET.flatMap(({ path, built, feature }) => {
    const value = readPath(config, path);
    if (built.includes(value)) return [];
    return [
      `${path}: ${shown(value)} needs ${feature}, which is not built yet; use ${built.map(shown).join(' or ')}`,
    ];
  });
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function issueLines(issue: Issue, draft: unknown): string[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => {
      const full = path === '' ? key : `${path}.${key}`;
      return `${full}: unknown setting${nearest(full)}`;
    });
  }
  return [
    `${path}: ${issue.message.replace(/^Invalid input: /, '')}, got ${shown(readPath(draft, path))}`,
  ];
}

/** A hint for a slip of the pen. */
function nearest(path: string): string {
  const close = nearestName(path, settingPaths(clusterSchema));
  return close === undefined ? '' : `; did you mean ${close}?`;
}

function scalar(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? text : (document.toJS() as unknown);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
