import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  badRequest,
  invalid,
  notFound,
  requestEntityTooLarge,
  unprocessable,
  unsupportedMediaType,
} from '../../api/index.js';
import type { KubernetesObject, PatchError, Status } from '../../api/index.js';
import { ok } from '../../base/index.js';
import type { Result } from '../../base/index.js';
import { asServed, storedForm } from '../custom/versions.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { APPLY_PATCH, applyFromRequest } from './apply.js';
import { checkBodySize, decodePatched } from './body.js';
import type { DecodedBody, ExpectedKind } from './body.js';
import { placeIn } from './create.js';
import { guaranteedWrite } from './guaranteed-write.js';
import { managedFieldsAfter } from './managed-fields.js';
import type { RegistryPorts } from './ports.js';
import { setObjectDefaults } from './object-rules.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, Part, RequestBody, ResourceRequest } from './resource-request.js';
import { planUpdate } from './update.js';
import { readWriteOptions } from './write-options.js';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
const PATCH_TYPES: readonly string[] = [
  JSON_PATCH,
  MERGE_PATCH,
  STRATEGIC_MERGE_PATCH,
  APPLY_PATCH,
];

/** A patch as it came: its type, and its content as JSON. */
export interface Patch {
  readonly type: string;
  readonly content: unknown;
}

/** PATCH of an object, or of a part of it. */
export async function patchFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
  part: Part,
): Promise<Outcome<ObjectReply>> {
  if (patchTypeOf(request.body) === APPLY_PATCH)
    return await applyFromRequest(ports, request, part);
  const { resource, target } = request;
  const options = readWriteOptions(request, 'PatchOptions');
  if (!options.ok) return options;
  const writer = options.value;
  const { dryRun, manager } = writer;
  const patch = readPatch(request.body, resource.custom === undefined);
  if (!patch.ok) return patch;
  let warnings: readonly string[] = [];
  const write = { resource, namespace: target.namespace, name: target.name, dryRun };
  const result = await guaranteedWrite(ports, write, async (old) => {
    if (old === undefined) return refuse(notFound(resource, target.name));
    const patched = patchSent(request, old, patch.value);
    if (!patched.ok) return patched;
    warnings = patched.value.warnings;
    const placed = placeIn(patched.value.object, resource, target.namespace);
    if (!placed.ok) return placed;
    const object = placed.value;
    if (object.metadata?.name !== target.name) {
      const sent = object.metadata?.name ?? '';
      return refuse(
        badRequest(
          `the name of the object (${sent}) does not match the name on the URL (${target.name})`,
        ),
      );
    }
    setObjectDefaults(resource, object);
    const managedFields = managedFieldsAfter(ports, resource, part, manager, old, object);
    return await planUpdate(ports, { resource, object, old, writer, part, managedFields });
  });
  return result.ok ? ok(objectReply(result.value.object, 200, warnings)) : result;
}

/** Reads the body of a PATCH. Only what has a model knows how to merge strategically. */
export function readPatch(body: RequestBody, strategic = true): Outcome<Patch> {
  if (body.type === 'none') return refuse(badRequest('unexpected end of JSON input'));
  const type = patchTypeOf(body);
  const types = strategic
    ? PATCH_TYPES
    : PATCH_TYPES.filter((each) => each !== STRATEGIC_MERGE_PATCH);
  if (!types.includes(type)) return refuse(unsupportedMediaType(types));
  if (body.type === 'value') return ok({ type, content: body.value });
  const sized = checkBodySize(body.bytes);
  if (!sized.ok) return sized;
  try {
    return ok({ type, content: JSON.parse(new TextDecoder().decode(body.bytes)) as unknown });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(badRequest(`error decoding patch: ${reason}`));
  }
}

/** What sort of patch a body is. Empty: there is none. */
export function patchTypeOf(body: RequestBody): string {
  if (body.type === 'none') return '';
  return body.type === 'bytes' ? body.contentType : (body.patchType ?? '');
}

/** Patches an object in the version in which the patch was sent. */
function patchSent(
  { resource, sentAs, query }: ResourceRequest,
  old: KubernetesObject,
  patch: Patch,
): Outcome<DecodedBody> {
  const { fieldValidation } = query;
  if (sentAs === undefined) return patchObject(resource, old, patch, fieldValidation);
  const patched = patchObject(sentAs, asServed(sentAs, old), patch, fieldValidation);
  return patched.ok
    ? ok({ ...patched.value, object: storedForm(sentAs, patched.value.object) })
    : patched;
}

/** Applies a patch, and reads the result as an object of its kind. */
export function patchObject(
  expected: ExpectedKind,
  old: KubernetesObject,
  patch: Patch,
  fieldValidation: string | undefined,
): Outcome<DecodedBody> {
  const applied = applyPatch(expected.model, old, patch);
  if (!applied.ok) return refuse(patchStatus(applied.error));
  const fail = (reason: string): Status => {
    const badValue = JSON.stringify(patch.content);
    const error = { type: 'FieldValueInvalid', field: 'patch', badValue, detail: reason } as const;
    return invalid({ group: '', kind: '' }, '', [error]);
  };
  return decodePatched(applied.value, expected, fieldValidation, fail);
}

function applyPatch(
  model: string,
  old: KubernetesObject,
  patch: Patch,
): Result<KubernetesObject, PatchError> {
  if (patch.type === JSON_PATCH) return applyJsonPatch(old, patch.content);
  if (patch.type === MERGE_PATCH) return applyMergePatch(old, patch.content);
  return applyStrategicMergePatch(model, old, patch.content);
}

function patchStatus(error: PatchError): Status {
  if (error.code === 'malformed') return badRequest(error.message);
  return error.code === 'too-large'
    ? requestEntityTooLarge(error.message)
    : unprocessable(error.message);
}
