import type { Definitions } from './schema.js';
import type { Schema } from './schema-object.js';
import { modelReference } from './schema.js';
import { PATCH_DEFINITION } from './shared-schema.js';
import type { Parameter } from './parameters.js';

/** The forms of a patch that are served; kubectl looks for the strategic one before it uses it. */
const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
/** What has no model cannot be merged strategically. */
const CUSTOM_PATCH_TYPES = PATCH_TYPES.filter((type) => !type.includes('strategic'));
const BODY_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const ANSWER_TYPES = ['application/json', 'application/yaml'];

/** An operation object of OpenAPI 3.0. */
export type Operation = Readonly<Record<string, unknown>>;

export interface OperationShape {
  readonly id: string;
  readonly description: string;
  readonly tag: string;
  /** kube-apiserver's word for it: `list`, `post`, `put`, … */
  readonly action: string;
  readonly kind: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  /** The model of the body; `patch`: any patch. */
  readonly body?: string | undefined;
  /** The model of the answer; undefined: text. */
  readonly answer: string | undefined;
  readonly codes: readonly number[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly kind: string;
  readonly version: string;
}

const CODE_WORDS: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

export function operation(shape: OperationShape, definitions: Definitions): Operation {
  return {
    description: shape.description,
    operationId: shape.id,
    ...(shape.parameters.length > 0 && { parameters: shape.parameters }),
    ...(shape.body !== undefined && { requestBody: requestBody(shape, shape.body, definitions) }),
    responses: responses(shape, definitions),
    tags: [shape.tag],
    'x-kubernetes-action': shape.action,
    'x-kubernetes-group-version-kind': shape.kind,
  };
}

function requestBody(shape: OperationShape, body: string, definitions: Definitions): Schema {
  if (body === 'patch') {
    definitions.schemas.set(PATCH_DEFINITION.name, PATCH_DEFINITION.schema);
    const schema = { $ref: `#/components/schemas/${PATCH_DEFINITION.name}` };
    const types = isCustom(shape, definitions) ? CUSTOM_PATCH_TYPES : PATCH_TYPES;
    return { content: contentOf(types, schema), required: true };
  }
  // A delete may come without its options.
  const required = !shape.action.startsWith('delete') && { required: true };
  const types = definitions.custom.has(body) ? ANSWER_TYPES : BODY_TYPES;
  return { content: contentOf(types, modelReference(body, definitions)), ...required };
}

function isCustom({ answer }: OperationShape, definitions: Definitions): boolean {
  return answer !== undefined && definitions.custom.has(answer);
}

function responses(shape: OperationShape, definitions: Definitions): Schema {
  const types =
    shape.action === 'list' ? [...ANSWER_TYPES, 'application/json;stream=watch'] : ANSWER_TYPES;
  const content =
    shape.answer === undefined
      ? { 'text/plain': { schema: { type: 'string' } } }
      : contentOf(types, modelReference(shape.answer, definitions));
  const answers = shape.codes.map((code) => [
    String(code),
    { content, description: CODE_WORDS[code] ?? '' },
  ]);
  return { ...(Object.fromEntries(answers) as Schema), '401': { description: 'Unauthorized' } };
}

function contentOf(types: readonly string[], schema: Schema): Schema {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}
