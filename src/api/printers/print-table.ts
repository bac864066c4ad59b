import type { KubernetesObject } from '../object.js';
import type { Table } from './table.js';

export interface PrintOptions {
  /** Now, since 1970: ages are counted to it. */
  readonly nowMs: number;
  /** What each row carries beside its cells. Kubernetes' default is `Metadata`. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  /** Leaves out the column definitions: the second and later events of a watch. */
  readonly noHeaders?: boolean;
  /** The list's metadata, or for a single object its resourceVersion. */
  readonly metadata?: Table['metadata'];
}

/** Objects of one resource (see `resourceKeyOf`) as the table that `kubectl get` prints. */
export function printTable(
  _key: string,
  _objects: readonly KubernetesObject[],
  options: PrintOptions,
): Table {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions: [],
    rows: [],
  };
}
