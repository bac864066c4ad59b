/** A parameter object of OpenAPI 3.0. */
export type Parameter = Readonly<Record<string, unknown>>;

function query(
  name: string,
  type: 'boolean' | 'integer' | 'string',
  description: string,
): Parameter {
  return { name, in: 'query', description, schema: { type, uniqueItems: true } };
}

function pathPart(name: string, description: string): Parameter {
  return {
    name,
    in: 'path',
    description,
    required: true,
    schema: { type: 'string', uniqueItems: true },
  };
}

export function nameParameter(kind: string): Parameter {
  return pathPart('name', `name of the ${kind}`);
}

export const NAMESPACE_PARAMETER: Parameter = /* @__PURE__ */ pathPart(
  'namespace',
  'object name and auth scope, such as for teams and projects',
);

export const PRETTY_PARAMETER: Parameter = /* @__PURE__ */ query(
  'pretty',
  'string',
  "Whether the answer is indented for people: 'true' or 'false'.",
);

const DRY_RUN = /* @__PURE__ */ query(
  'dryRun',
  'string',
  'All: go through every stage of the request and keep nothing of it.',
);

/** Of create, update and patch. kubectl looks for `dryRun` and `fieldValidation` here before it sends them. */
export const WRITE_PARAMETERS: readonly Parameter[] = /* @__PURE__ */ [
  DRY_RUN,
  query('fieldManager', 'string', 'Who makes the change: at most 128 printable characters.'),
  query(
    'fieldValidation',
    'string',
    'What becomes of unknown and duplicate fields. Ignore: they are dropped. Warn (the default): each is named in ' +
      'a warning. Strict: the request fails and names them all.',
  ),
];

/** Of patch only. */
export const FORCE_PARAMETER: Parameter = /* @__PURE__ */ query(
  'force',
  'boolean',
  'Server-side apply takes over fields that others own.',
);

export const DELETE_PARAMETERS: readonly Parameter[] = /* @__PURE__ */ [
  DRY_RUN,
  query(
    'gracePeriodSeconds',
    'integer',
    'Seconds until the object is gone; zero is at once. The default is that of its kind.',
  ),
  query('orphanDependents', 'boolean', 'Deprecated: say propagationPolicy.'),
  query(
    'propagationPolicy',
    'string',
    'What becomes of the dependents. Orphan: they stay. Background: the garbage collector deletes them ' +
      'afterwards. Foreground: the object stays until they are deleted.',
  ),
];

export const LIST_PARAMETERS: readonly Parameter[] = /* @__PURE__ */ [
  query('allowWatchBookmarks', 'boolean', 'A watch may also send events of type BOOKMARK.'),
  query(
    'continue',
    'string',
    'Go on with the list that ended with this token (metadata.continue).',
  ),
  query('fieldSelector', 'string', 'Only objects with these values of fields.'),
  query('labelSelector', 'string', 'Only objects with these labels.'),
  query(
    'limit',
    'integer',
    'At most this many items; metadata.continue then tells where to go on.',
  ),
  query('resourceVersion', 'string', 'Which state of the store the answer may or must be of.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant: Exact, or NotOlderThan.'),
  query(
    'sendInitialEvents',
    'boolean',
    'A watch begins with an event for each object there is, and a BOOKMARK that ends them.',
  ),
  query('timeoutSeconds', 'integer', 'The call ends after this many seconds.'),
  query('watch', 'boolean', 'Send the changes of the objects instead of a list of them.'),
];
