/** What Kubernetes' types say about a list or a map beyond OpenAPI's shape (struct tags and markers of k8s.io/api). */
export interface MergeRule {
  /** The field by which strategic merge patch tells the items of a list apart. */
  readonly mergeKey?: string;
  /** Strategic merge patch: `merge` items or add to a set of primitives; `replace` the whole. */
  readonly strategy?: 'merge' | 'replace';
  /** Strategic merge patch: what the patch does not name is dropped where it says `$retainKeys`. */
  readonly retainKeys?: boolean;
  /** Server-side apply. */
  readonly listType?: 'map' | 'set' | 'atomic';
  /** Server-side apply: the keys of a `map` list; not always the merge key. */
  readonly listMapKeys?: readonly string[];
}

/** The rule of a model's field (`V1PodSpec`, `containers`). Undefined: merged field by field, lists replaced. */
export function mergeKeyOf(_model: string, _field: string): MergeRule | undefined {
  return undefined;
}
