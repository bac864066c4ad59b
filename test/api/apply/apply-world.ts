import { applyObject, modelShape, NO_FIELDS, trackUpdate } from '../../../src/api/index.js';
import type {
  ApplyError,
  FieldSet,
  KubernetesObject,
  ManagedFieldsEntry,
  MapShape,
} from '../../../src/api/index.js';

/** An object that managers apply to and update, one after the other, a second apart. */
export class AppliedObject {
  readonly #shape: MapShape;
  readonly #model: string | undefined;
  readonly #apiVersion: string;
  #live: KubernetesObject | undefined;
  #seconds = 0;
  ignored: FieldSet = NO_FIELDS;

  constructor(model: string | MapShape, apiVersion = 'v1') {
    this.#shape = typeof model === 'string' ? modelShape(model) : model;
    this.#model = typeof model === 'string' ? model : undefined;
    this.#apiVersion = apiVersion;
  }

  get object(): KubernetesObject {
    const { managedFields: _managed, ...metadata } = this.#live?.metadata ?? {};
    return { ...this.#live, metadata };
  }

  get entries(): readonly ManagedFieldsEntry[] {
    return (this.#live?.metadata?.managedFields ?? []) as ManagedFieldsEntry[];
  }

  /** What a manager owns: `Apply a`, `Update b`, `Update c/status`. */
  owned(who: string): FieldSet | undefined {
    const found = this.entries.find(
      ({ operation, manager, subresource }) =>
        `${operation} ${manager}${subresource === undefined ? '' : `/${subresource}`}` === who,
    );
    return found?.fieldsV1;
  }

  get owners(): string[] {
    return this.entries.map(({ operation, manager }) => `${operation} ${manager}`).sort();
  }

  /** The error, where there is one; then nothing has changed. */
  apply(
    manager: string,
    config: object,
    options: { force?: boolean } = {},
  ): ApplyError | undefined {
    const applied = applyObject({
      shape: this.#shape,
      ...(this.#model !== undefined && { model: this.#model }),
      live: this.#live,
      config: this.#typed(config),
      manager,
      apiVersion: this.#apiVersion,
      subresource: '',
      ignored: this.ignored,
      force: options.force ?? false,
      now: this.#now(),
    });
    if (!applied.ok) return applied.error;
    this.#store(applied.value.object, applied.value.managedFields);
    return undefined;
  }

  /** Replaces the object, as PUT does; `managedFields` are the client's. */
  update(manager: string, object: object, options: { subresource?: string } = {}): void {
    const sent = this.#typed(object);
    const managedFields = trackUpdate({
      shape: this.#shape,
      ...(this.#model !== undefined && { model: this.#model }),
      live: this.#live,
      object: sent,
      identity: {
        manager,
        operation: 'Update',
        apiVersion: this.#apiVersion,
        subresource: options.subresource ?? '',
      },
      ignored: this.ignored,
      now: this.#now(),
    });
    this.#store(sent, managedFields);
  }

  #typed(object: object): KubernetesObject {
    return { apiVersion: this.#apiVersion, kind: 'Any', ...object };
  }

  #store(object: KubernetesObject, managedFields: readonly ManagedFieldsEntry[] | undefined): void {
    const { managedFields: _sent, ...metadata } = object.metadata ?? {};
    const managed = managedFields === undefined ? {} : { managedFields: [...managedFields] };
    // As it comes back from the store.
    const text = JSON.stringify({ ...object, metadata: { ...metadata, ...managed } });
    this.#live = JSON.parse(text) as KubernetesObject;
  }

  #now(): string {
    return (
      new Date(Date.UTC(2026, 0, 1) + ++this.#seconds * 1_000).toISOString().slice(0, 19) + 'Z'
    );
  }
}

/** The paths of a refusal, as the user reads them. */
export function conflictPaths(
  error: ApplyError | undefined,
  text: (path: readonly string[]) => string,
): string[] {
  return error?.type === 'conflicts' ? error.conflicts.map(({ path }) => text(path)) : [];
}
