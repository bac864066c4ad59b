import { parseDocument } from 'yaml';
import { badRequest, duplicateFields, parseGroupVersion } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { checkBodySize } from './body.js';
import type { ExpectedKind } from './body.js';
import type { RequestBody } from './resource-request.js';

/** What an apply sends: only what was written, not what its type would make of it. */
export interface AppliedBody {
  readonly config: KubernetesObject;
  readonly warnings: readonly string[];
}

/** Reads the body of an apply, YAML or JSON: an object of this very kind and version, without managed fields. */
export function readApplied(
  body: RequestBody,
  expected: ExpectedKind,
  fieldValidation: string | undefined,
): Outcome<AppliedBody> {
  const parsed = parseApplied(body);
  if (!parsed.ok) return parsed;
  const { value, duplicates } = parsed.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = Array.isArray(value)
      ? 'array'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
    const reason = `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
    return refuse(
      badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${reason}`),
    );
  }
  const config = value as KubernetesObject;
  const wrong = checkType(config, expected);
  if (wrong !== undefined) return refuse(badRequest(wrong));
  if (duplicates.length === 0 || fieldValidation === 'Ignore') return ok({ config, warnings: [] });
  if (fieldValidation !== 'Strict') return ok({ config, warnings: duplicates });
  const lines = duplicates.map((each) => `  ${each}`).join('\n');
  const reason = `error converting YAML to JSON: yaml: unmarshal errors:\n${lines}`;
  return refuse(badRequest(`error strict decoding YAML: ${reason}`));
}

function checkType(config: KubernetesObject, expected: ExpectedKind): string | undefined {
  const { apiVersion = '', kind = '' } = config;
  const { group, version } = parseGroupVersion(typeof apiVersion === 'string' ? apiVersion : '');
  const same = group === expected.group && version === expected.version && kind === expected.kind;
  if (!same) return `invalid object type: ${group}/${version}, Kind=${kind}`;
  const { metadata } = config as { metadata?: { managedFields?: unknown } | null };
  const managed = metadata?.managedFields;
  return managed === undefined || managed === null
    ? undefined
    : 'metadata.managedFields must be nil';
}

interface ParsedConfig {
  readonly value: unknown;
  /** `line 3: key "paused" already set in map`. */
  readonly duplicates: readonly string[];
}

function parseApplied(body: RequestBody): Outcome<ParsedConfig> {
  if (body.type === 'none') return ok({ value: {}, duplicates: [] });
  if (body.type === 'value') return ok({ value: body.value, duplicates: [] });
  const sized = checkBodySize(body.bytes);
  if (!sized.ok) return sized;
  const text = new TextDecoder().decode(body.bytes);
  const value = text.startsWith('{') ? parseJson(text) : undefined;
  if (value !== undefined && duplicateFields(text).length === 0)
    return ok({ value, duplicates: [] });
  return parseYaml(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // YAML allows what looks like JSON and is none.
    return undefined;
  }
}

function parseYaml(text: string): Outcome<ParsedConfig> {
  const document = parseDocument(text);
  const fatal = document.errors.find((error) => error.code !== 'DUPLICATE_KEY');
  if (fatal !== undefined) return refuse(badRequest(`error decoding YAML: ${fatal.message}`));
  const duplicates = document.errors.map(({ pos, linePos }) => {
    const key = /^["']?([^"':\s]*)/.exec(text.slice(pos[0]))?.[1] ?? '';
    return `line ${String(linePos?.[0].line ?? 1)}: key "${key}" already set in map`;
  });
  try {
    return ok({ value: document.toJS({ maxAliasCount: 100 }) as unknown, duplicates });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(badRequest(`error decoding YAML: ${reason}`));
  }
}
