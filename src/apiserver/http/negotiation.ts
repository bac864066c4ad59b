/** One clause of an Accept header: `application/json;as=Table;v=v1;g=meta.k8s.io`. */
export interface MediaClause {
  readonly mediaType: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
}

/** What the answer will be: its encoding, and the form that the objects take in it. */
export interface Negotiated {
  readonly encoding: Encoding;
  readonly form: Form;
}

export type Encoding = 'json' | 'yaml' | 'protobuf';
export type Form = 'object' | 'table' | 'partial-metadata';

export const JSON_TYPE = 'application/json';
export const YAML_TYPE = 'application/yaml';
export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
/** What a watch is sent as, in Kubernetes' words. */
export const STREAM_TYPES = [JSON_TYPE, PROTOBUF_TYPE].map((type) => `${type};stream=watch`);
export const SERVED_TYPES = [JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE];

/** Reads an Accept header; clauses in the order of their quality, then as written. */
export function parseAccept(accept: string | undefined): readonly MediaClause[] {
  if (accept === undefined || accept.trim() === '')
    return [{ mediaType: '*/*', parameters: {}, quality: 1 }];
  const clauses = accept.split(',').map(parseClause);
  return clauses.filter((clause) => clause.quality > 0).sort((a, b) => b.quality - a.quality);
}

function parseClause(text: string): MediaClause {
  const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0) parameters[part.slice(0, equals).toLowerCase()] = part.slice(equals + 1);
  }
  const quality = parameters['q'] === undefined ? 1 : Number(parameters['q']);
  return {
    mediaType: mediaType.toLowerCase(),
    parameters,
    quality: Number.isNaN(quality) ? 0 : quality,
  };
}

/**
 * The first clause that can be served. What is not stored (a review, a binding) has no table, and no table has a protobuf form;
 * nor has a custom resource (`messages: false`), but for its metadata. Undefined: nothing fits (406).
 */
export function negotiate(
  accept: string | undefined,
  options: { readonly watch: boolean; readonly tables: boolean; readonly messages: boolean },
): Negotiated | undefined {
  for (const clause of parseAccept(accept)) {
    const encoding = encodingOf(clause.mediaType);
    const form = formOf(clause);
    if (encoding === undefined || form === undefined) continue;
    if (options.watch && encoding === 'yaml') continue;
    if (form === 'table' && (!options.tables || encoding === 'protobuf')) continue;
    if (form === 'object' && encoding === 'protobuf' && !options.messages) continue;
    return { encoding, form };
  }
  return undefined;
}

/** Whether a Status is to be protobuf: what objects look like in other answers does not count for it. */
export function wantsProtobufStatus(accept: string | undefined): boolean {
  const options = { watch: false, tables: false, messages: true };
  const { encoding, form } = negotiate(accept, options) ?? {};
  return encoding === 'protobuf' && form === 'object';
}

/** Whether a client asks for discovery in one answer (KEP-3352). */
export function wantsAggregatedDiscovery(accept: string | undefined): boolean {
  const first = parseAccept(accept).find((clause) => encodingOf(clause.mediaType) === 'json');
  const { g, v, as } = first?.parameters ?? {};
  return g === 'apidiscovery.k8s.io' && v === 'v2' && as === 'APIGroupDiscoveryList';
}

function encodingOf(mediaType: string): Encoding | undefined {
  if (mediaType === JSON_TYPE || mediaType === '*/*' || mediaType === 'application/*')
    return 'json';
  if (mediaType === PROTOBUF_TYPE) return 'protobuf';
  return mediaType === YAML_TYPE ? 'yaml' : undefined;
}

function formOf(clause: MediaClause): Form | undefined {
  const { as, g, v } = clause.parameters;
  if (as === undefined) return 'object';
  if (g !== 'meta.k8s.io' || v !== 'v1') return undefined;
  if (as === 'Table') return 'table';
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
    ? 'partial-metadata'
    : undefined;
}

/** The media type of a Content-Type header, without its parameters; JSON where there is none. */
export function contentType(header: string | undefined): string {
  const type = (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type === '' ? JSON_TYPE : type;
}
