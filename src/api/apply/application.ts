import type { KubernetesObject } from '../object.js';
import type { FieldSet } from './field-set.js';
import type { ManagedFieldsEntry } from './managed-fields.js';
import type { MapShape } from './shape.js';

export interface Application {
  readonly shape: MapShape;
  /** The model of a built-in type, whose empty structs are always there. */
  readonly model?: string;
  /** Undefined: the apply creates the object. */
  readonly live: KubernetesObject | undefined;
  /** What the applier says the object is to have: JSON as it came. */
  readonly config: KubernetesObject;
  readonly manager: string;
  readonly apiVersion: string;
  /** Empty: the object itself. */
  readonly subresource: string;
  /** Fields that this part of the object does not write. */
  readonly ignored: FieldSet;
  /** Whether to take over what others own. */
  readonly force: boolean;
  /** RFC 3339. */
  readonly now: string;
}

export interface Applied {
  /** Parts are shared with the live object and the configuration. */
  readonly object: KubernetesObject;
  readonly managedFields: readonly ManagedFieldsEntry[];
}
