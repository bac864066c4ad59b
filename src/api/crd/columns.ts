import type { V1CustomResourceColumnDefinition } from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import { since } from '../printers/printer.js';
import type { TableCell, TableColumnDefinition } from '../printers/table.js';
import type { CustomColumns } from './custom-type.js';
import type { Step } from './json-path.js';
import { evaluateJsonPath, parseJsonPath } from './json-path.js';

const NAME_TEXT =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
const AGE_TEXT =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

/** Where a version names no columns, there are its name and its age. */
const AGE: V1CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  description: AGE_TEXT,
  jsonPath: '.metadata.creationTimestamp',
};

export function customColumns(
  columns: readonly V1CustomResourceColumnDefinition[] | undefined,
): CustomColumns {
  const named = columns === undefined || columns.length === 0 ? [AGE] : columns;
  const paths = named.map(({ jsonPath }): readonly Step[] | undefined => {
    const parsed = parseJsonPath(jsonPath);
    return parsed.ok ? parsed.value : undefined;
  });
  return {
    definitions: [
      { name: 'Name', type: 'string', format: 'name', description: NAME_TEXT, priority: 0 },
      ...named.map(definitionOf),
    ],
    cells: (object, nowMs) => [
      object.metadata?.name ?? '',
      ...named.map(({ type }, index) => cellOf(type, paths[index], object, nowMs)),
    ],
  };
}

function definitionOf(column: V1CustomResourceColumnDefinition): TableColumnDefinition {
  const { name, type, format = '', description = '', priority = 0, jsonPath } = column;
  const text = `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return {
    name,
    type: type as TableColumnDefinition['type'],
    format,
    description: description === '' ? text : description,
    priority,
  };
}

function cellOf(
  type: string,
  path: readonly Step[] | undefined,
  object: KubernetesObject,
  nowMs: number,
): TableCell {
  const value = path === undefined ? undefined : evaluateJsonPath(path, object)[0];
  if (value === undefined || value === null) return type === 'string' && value === null ? '' : null;
  switch (type) {
    case 'string':
      return printed(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? age(value, nowMs) : null;
    default:
      return null;
  }
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function age(value: string, nowMs: number): string {
  return Number.isNaN(Date.parse(value)) ? '<invalid>' : since(value, nowMs);
}
