import { stringify as stringifyYaml } from 'yaml';
import { encodeKubernetesProtobuf } from '../../api/index.js';
import type { KubernetesObject, Status } from '../../api/index.js';
import { transfer } from '../../codec/index.js';
import type { HttpReply } from '../../protocol/index.js';
import { JSON_TYPE, PROTOBUF_TYPE, wantsProtobufStatus, YAML_TYPE } from './negotiation.js';
import type { Negotiated } from './negotiation.js';

export type HttpResponse = Extract<HttpReply, { readonly type: 'response' }>;
export type Headers = Readonly<Record<string, string>>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const HANDED_OVER_BYTES = 64 * 1024;

/** Nothing that the API server says may be kept by anyone between. */
const CACHE_CONTROL = 'no-cache, private';

export function textResponse(
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): HttpResponse {
  const headers = { 'content-type': type, 'cache-control': CACHE_CONTROL };
  return { type: 'response', status, headers, body: encoder.encode(text) };
}

/** JSON that is text already. */
export function jsonTextResponse(
  status: number,
  json: string,
  headers: Headers = {},
): HttpResponse {
  return {
    type: 'response',
    status,
    headers: { 'content-type': JSON_TYPE, 'cache-control': CACHE_CONTROL, ...headers },
    body: encoder.encode(`${json}\n`),
  };
}

export function objectResponse(
  status: number,
  object: KubernetesObject,
  headers: Headers = {},
): HttpResponse {
  return jsonTextResponse(status, JSON.stringify(object), headers);
}

/** `json` ends in a line break. From some length on it is handed over to the gateway instead of copied: it must not be used again. */
export function encodedResponse(
  status: number,
  json: Uint8Array<ArrayBuffer>,
  { encoding }: Negotiated,
  headers: Headers,
): HttpResponse {
  if (encoding === 'json') {
    const body = json.byteLength < HANDED_OVER_BYTES ? json : transfer(json);
    return {
      type: 'response',
      status,
      headers: { 'content-type': JSON_TYPE, 'cache-control': CACHE_CONTROL, ...headers },
      body,
    };
  }
  const text = stringifyYaml(JSON.parse(decoder.decode(json)));
  const response = textResponse(status, text, YAML_TYPE);
  return { ...response, headers: { ...response.headers, ...headers } };
}

/** A message with its envelope. Handed over from some length on, as JSON is. */
export function protobufResponse(
  status: number,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Headers = {},
): HttpResponse {
  return {
    type: 'response',
    status,
    headers: { 'content-type': PROTOBUF_TYPE, 'cache-control': CACHE_CONTROL, ...headers },
    body: bytes.byteLength < HANDED_OVER_BYTES ? bytes : transfer(bytes),
  };
}

/** A Status as JSON, or as protobuf where the client would rather have that. */
export function statusResponse(
  status: Status,
  accept?: string,
  warnings: readonly string[] = [],
): HttpResponse {
  const headers = { ...statusHeaders(status), ...warningHeaders(warnings) };
  return plainResponse(status.code, status, accept, headers);
}

/** An object that is no resource's: a Status, a document of discovery. */
export function plainResponse(
  status: number,
  object: KubernetesObject,
  accept: string | undefined,
  headers: Headers = {},
): HttpResponse {
  const encoded = wantsProtobufStatus(accept) ? encodeKubernetesProtobuf(object) : undefined;
  return encoded?.ok === true
    ? protobufResponse(status, encoded.value, headers)
    : objectResponse(status, object, headers);
}

export function statusHeaders({ details }: Status): Headers {
  const seconds = details?.retryAfterSeconds ?? 0;
  return seconds > 0 ? { 'retry-after': String(seconds) } : {};
}

/** `299 - "unknown field \"spec.x\""`, as RFC 7234 has it; the agent is not named. */
export function warningHeaders(warnings: readonly string[]): Headers {
  if (warnings.length === 0) return {};
  const values = boundedWarnings(warnings).map(
    (text) => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  );
  return { warning: values.join(', ') };
}

/** All warnings of an answer have so many characters; where they would have more, each has fewer. */
const WARNINGS_CHARACTERS_MAX = 4 * 1024;
const WARNING_CHARACTERS_MAX = 256;

/** Each once, and not too much of all of them (apiserver, warning recorder). */
function boundedWarnings(warnings: readonly string[]): readonly string[] {
  const all = [...new Set(warnings)].filter((text) => text !== '');
  const total = all.reduce((sum, text) => sum + text.length, 0);
  if (total <= WARNINGS_CHARACTERS_MAX) return all;
  const kept: string[] = [];
  let written = 0;
  for (const text of all) {
    if (written >= WARNINGS_CHARACTERS_MAX) break;
    const cut = Array.from(text).slice(0, WARNING_CHARACTERS_MAX).join('');
    written += cut.length;
    kept.push(cut);
  }
  return kept;
}
