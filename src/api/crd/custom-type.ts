import type { V1WebhookConversion } from '../generated/types.js';
import type { KubernetesObject } from '../object.js';
import type { TableCell, TableColumnDefinition } from '../printers/table.js';
import type { JsonSchema } from './json-schema.js';

/** The columns of a custom resource, as kubectl prints them. */
export interface CustomColumns {
  readonly definitions: readonly TableColumnDefinition[];
  cells(object: KubernetesObject, nowMs: number): TableCell[];
}

/** Where `/scale` finds its parts: paths of fields, `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** How objects come from one version to another where a webhook does that. */
export interface CustomConversion {
  readonly webhook: V1WebhookConversion;
  /** Of every version, served or not, by its group version: objects may still be stored in any of them. */
  readonly schemas: ReadonlyMap<string, JsonSchema>;
}

/** What is known of a custom resource in one of its versions. Built-in resources have models instead. */
export interface CustomType {
  /** The name of the CustomResourceDefinition: `widgets.example.com`. */
  readonly definition: string;
  readonly schema: JsonSchema;
  /** The group version that objects are stored in, and the schema by which they are defaulted when they are read. */
  readonly storageApiVersion: string;
  readonly storageSchema: JsonSchema;
  /** Absent: versions differ in their apiVersion only (strategy None). */
  readonly conversion: CustomConversion | undefined;
  readonly columns: CustomColumns;
  /** Paths of fields, without the first dot: `spec.color`. */
  readonly selectableFields: readonly string[];
  readonly hasStatus: boolean;
  readonly scale: ScalePaths | undefined;
  /** Said to whoever uses a version that is deprecated. */
  readonly deprecationWarning: string | undefined;
  /** The definition is being deleted: nothing new is created. */
  readonly terminating: boolean;
}
