import type { KubernetesObject } from '../object.js';

/** meta/v1 Table: a list as kubectl prints it. */
export interface Table extends KubernetesObject {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: {
    resourceVersion?: string;
    continue?: string;
    remainingItemCount?: number;
    selfLink?: string;
  };
  columnDefinitions: readonly TableColumnDefinition[];
  rows: TableRow[];
}

export interface TableColumnDefinition {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'number' | 'date';
  /** `name` marks the column that `-o name` uses; else empty. */
  readonly format: string;
  readonly description: string;
  /** 0 is always shown; 1 only by `-o wide`. */
  readonly priority: number;
}

export type TableCell = string | number | boolean | null;

export interface TableRow {
  cells: TableCell[];
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
  /** Absent for `includeObject=None`. */
  object?: KubernetesObject;
}
