import type { KubernetesObject } from '../object.js';
import { isJsonObject } from '../scheme/json.js';
import type { Applied, Application } from './application.js';
import { compareObjects } from './compare.js';
import type { FieldSet } from './field-set.js';
import { difference, hasPath } from './field-set.js';
import { fieldsOf } from './fields-of.js';
import type { FieldConflict } from './ownership.js';
import type { Shape } from './shape.js';

/** Where kubectl's client-side apply keeps what it applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Only the manager of this name goes from client-side to server-side apply by itself. */
const KUBECTL = 'kubectl';
const ANNOTATIONS_BYTES_MAX = 256 * 1024;

/**
 * The conflicts that are left when kubectl goes from client-side to server-side apply: what its annotation says that it
 * applied, and is still so, is its own.
 */
export function forgivenConflicts(
  { manager, shape }: Pick<Application, 'manager' | 'shape'>,
  live: KubernetesObject | undefined,
  conflicts: readonly FieldConflict[],
): readonly FieldConflict[] {
  const text = live?.metadata?.annotations?.[LAST_APPLIED];
  if (manager !== KUBECTL || text === undefined) return conflicts;
  const own = stillApplied(text, live, shape);
  return own === undefined ? conflicts : conflicts.filter(({ path }) => !hasPath(own, path));
}

function stillApplied(text: string, live: unknown, shape: Shape): FieldSet | undefined {
  const last = parse(text);
  if (last === undefined) return undefined;
  const fields = fieldsOf(last, shape);
  const changes = compareObjects(last, live, shape);
  if (changes === undefined) return fields;
  return difference(
    difference(difference(fields, changes.modified), changes.added),
    changes.removed,
  );
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the annotation of client-side apply true where there is one, so that one can go back. */
export function withLastApplied(
  applied: Applied,
  config: KubernetesObject,
  manager: string,
): Applied {
  const { object } = applied;
  const annotations = object.metadata?.annotations;
  if (manager !== KUBECTL || annotations?.[LAST_APPLIED] === undefined) return applied;
  const text = lastAppliedText(config);
  // What does not fit into an annotation is not kept.
  const size = new TextEncoder().encode(text).length;
  const value = size > ANNOTATIONS_BYTES_MAX ? '' : text;
  const metadata = { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: value } };
  return { ...applied, object: { ...object, metadata } };
}

/** As kubectl writes it: JSON with sorted keys, without the annotation itself, and a line feed. */
function lastAppliedText(config: KubernetesObject): string {
  const { [LAST_APPLIED]: _own, ...annotations } = config.metadata?.annotations ?? {};
  const { managedFields: _managed, ...metadata } = config.metadata ?? {};
  const kept = { ...metadata, annotations };
  return `${JSON.stringify(sorted({ ...config, metadata: kept }))}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}
