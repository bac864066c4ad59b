import { parse as parseYaml } from 'yaml';
import {
  badRequest,
  decodeCustomObject,
  decodeKubernetesProtobuf,
  decodeObject,
  duplicateFields,
  findKind,
  groupVersionOf,
  requestEntityTooLarge,
  shortened,
  strictDecodingError,
  strictErrors,
  unknownKindMessage,
  unsupportedMediaType,
} from '../../api/index.js';
import type { CustomType, KubernetesObject, Status } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { RequestBody } from './resource-request.js';

const BODY_BYTES_MAX = 3 * 1024 * 1024;
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
const YAML_TYPES: readonly string[] = ['application/yaml', 'application/x-yaml', 'text/yaml'];
const ACCEPTED = ['application/json', 'application/yaml', PROTOBUF_TYPE];
const SUMMARY_BYTES = 30;

/** What a body has to be. */
export interface ExpectedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly model: string;
  /** Of a custom resource: what stands in for a model. */
  readonly custom?: CustomType | undefined;
}

export interface DecodedBody {
  readonly object: KubernetesObject;
  readonly warnings: readonly string[];
}

interface ParsedBody {
  readonly value: unknown;
  readonly duplicates: readonly string[];
  readonly summary: string;
}

/** Reads a body as an object of the expected kind; `fieldValidation` is Strict, Warn (default) or Ignore. */
export function decodeBody(
  body: RequestBody,
  expected: ExpectedKind,
  fieldValidation: string | undefined,
): Outcome<DecodedBody> {
  if (expected.custom !== undefined && isProtobuf(body))
    return refuse(unsupportedMediaType(ACCEPTED.filter((type) => type !== PROTOBUF_TYPE)));
  const parsed = parseBody(body, expected.kind);
  if (!parsed.ok) return parsed;
  const fail = (reason: string): Status => badRequest(cannotBeHandled(expected, reason));
  return decodeValue(parsed.value, expected, fieldValidation, fail);
}

function isProtobuf(body: RequestBody): boolean {
  return body.type === 'bytes' && body.contentType === PROTOBUF_TYPE;
}

/** Reads the result of a patch; `fail` says what is wrong with the patch. */
export function decodePatched(
  value: unknown,
  expected: ExpectedKind,
  fieldValidation: string | undefined,
  fail: (reason: string) => Status,
): Outcome<DecodedBody> {
  return decodeValue({ value, duplicates: [], summary: '' }, expected, fieldValidation, fail);
}

export function checkBodySize(bytes: Uint8Array): Outcome<Uint8Array> {
  if (bytes.length <= BODY_BYTES_MAX) return ok(bytes);
  return refuse(requestEntityTooLarge(`limit is ${String(BODY_BYTES_MAX)}`));
}

/** The body as JSON, whatever it came as. `kind` is for the words of a failure. */
export function parseBody(body: RequestBody, kind: string): Outcome<ParsedBody> {
  if (body.type === 'none') return ok({ value: undefined, duplicates: [], summary: '' });
  if (body.type === 'value') return ok({ value: body.value, duplicates: [], summary: '' });
  const sized = checkBodySize(body.bytes);
  if (!sized.ok) return sized;
  if (body.contentType === PROTOBUF_TYPE) return parseProtobuf(body.bytes, kind);
  const yaml = YAML_TYPES.includes(body.contentType);
  if (!yaml && body.contentType !== 'application/json')
    return refuse(unsupportedMediaType(ACCEPTED));
  return parseText(body.bytes, kind, yaml);
}

function parseText(bytes: Uint8Array, kind: string, yaml: boolean): Outcome<ParsedBody> {
  const text = new TextDecoder().decode(bytes);
  try {
    const value: unknown = yaml ? parseYaml(text, { maxAliasCount: 100 }) : JSON.parse(text);
    const duplicates = yaml ? [] : duplicateFields(text);
    return ok({ value, duplicates, summary: summarize(bytes) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(
      unrecognized(
        kind,
        `couldn't get version/kind; json parse error: ${shortened(reason)}`,
        summarize(bytes),
      ),
    );
  }
}

function parseProtobuf(bytes: Uint8Array, kind: string): Outcome<ParsedBody> {
  const decoded = decodeKubernetesProtobuf(bytes);
  if (!decoded.ok) return refuse(unrecognized(kind, decoded.error.message, summarize(bytes)));
  const { apiVersion, kind: sentKind, object } = decoded.value;
  return ok({ value: { ...object, apiVersion, kind: sentKind }, duplicates: [], summary: '' });
}

function unrecognized(kind: string, reason: string, summary: string): Status {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${reason} (${summary})`,
  );
}

/** The first bytes of a body, as Kubernetes shows them: text where it looks like JSON, else hexadecimal. */
function summarize(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>';
  const head = bytes.subarray(0, SUMMARY_BYTES);
  const dots = bytes.length > SUMMARY_BYTES ? ' ...' : '';
  if (bytes[0] === 0x7b) return `${new TextDecoder().decode(head)}${dots}`;
  return [...head].map((byte) => byte.toString(16).padStart(2, '0')).join('') + dots;
}

function decodeValue(
  parsed: ParsedBody,
  expected: ExpectedKind,
  fieldValidation: string | undefined,
  fail: (reason: string) => Status,
): Outcome<DecodedBody> {
  const { value, duplicates, summary } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(
      unrecognized(
        expected.kind,
        `couldn't get version/kind; json parse error: json: cannot unmarshal ` +
          `${goTypeOf(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; ` +
          `Kind string "json:\\"kind,omitempty\\"" }`,
        summary,
      ),
    );
  }
  const wrongKind = checkKind(value as KubernetesObject, expected);
  if (wrongKind !== undefined) return refuse(badRequest(wrongKind));
  const decoded =
    expected.custom === undefined
      ? decodeObject(expected.model, value)
      : decodeCustomObject(expected.custom, value as Record<string, unknown>);
  const error = decoded.errors[0];
  if (error !== undefined) return refuse(fail(shortened(error)));
  const object = { ...decoded.value, apiVersion: groupVersionOf(expected), kind: expected.kind };
  return validateFields(object, duplicates, decoded.unknownFields, fieldValidation, fail);
}

function validateFields(
  object: KubernetesObject,
  duplicates: readonly string[],
  unknown: readonly string[],
  fieldValidation: string | undefined,
  fail: (reason: string) => Status,
): Outcome<DecodedBody> {
  const directive = fieldValidation ?? 'Warn';
  if (!['Strict', 'Warn', 'Ignore'].includes(directive)) {
    return refuse(
      badRequest(
        `fieldValidation: Unsupported value: "${directive}": supported values: "Ignore", "Strict", "Warn"`,
      ),
    );
  }
  if (directive === 'Ignore') return ok({ object, warnings: [] });
  if (directive === 'Strict') {
    const error = strictDecodingError(duplicates, unknown);
    return error === undefined ? ok({ object, warnings: [] }) : refuse(fail(error));
  }
  return ok({ object, warnings: strictErrors(duplicates, unknown) });
}

function cannotBeHandled(expected: ExpectedKind, reason: string): string {
  return `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: ${reason}`;
}

/** A body may leave out its kind; one that names another is refused. */
function checkKind(object: KubernetesObject, expected: ExpectedKind): string | undefined {
  const kind = typeof object.kind === 'string' && object.kind !== '' ? object.kind : expected.kind;
  const wanted = groupVersionOf(expected);
  const apiVersion =
    typeof object.apiVersion === 'string' && object.apiVersion !== '' ? object.apiVersion : wanted;
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  if (kind !== expected.kind) {
    const other = findKind(apiVersion, kind);
    const [sent, sentIn] = [shortened(kind), shortened(version)];
    const reason =
      other === undefined
        ? `${unknownKindMessage(apiVersion, kind)} in scheme "pkg/api/legacyscheme/scheme.go:30"`
        : `converting (${sentIn}.${sent}) to (${expected.group === '' ? 'core' : expected.group}.${expected.kind}): unknown conversion`;
    return `${sent} in version "${sentIn}" cannot be handled as a ${expected.kind}: ${reason}`;
  }
  if (apiVersion === wanted) return undefined;
  return `the API version in the data (${shortened(apiVersion)}) does not match the expected API version (${wanted})`;
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null || value === undefined ? 'null' : typeof value;
}
