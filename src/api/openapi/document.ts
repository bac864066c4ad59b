import { RESOURCES } from '../resources/index.js';
import { findModel, modelOfKind } from '../scheme/model.js';
import type { CustomApiResource } from '../crd/custom-resource.js';
import type { ApiResource } from '../scheme/resource.js';
import { groupVersionOf, groupVersionPathOf } from '../scheme/resource.js';
import { KUBERNETES_VERSION } from '../version.js';
import { contentHash } from './content-hash.js';
import { customDefinitions } from './custom-schema.js';
import { resourcePaths } from './paths.js';
import { defineAll, modelReference, newDefinitions } from './schema.js';
import type { Definitions } from './schema.js';
import { asVersion2 } from './version-2.js';
import type { Version2 } from './version-2.js';
import { encodeVersion2 } from './version-2-protobuf.js';

/** `GET /openapi/v3`. */
export interface OpenApiIndex {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

export interface OpenApiDocument {
  /** UTF-8 JSON. */
  readonly bytes: Uint8Array;
  /** Changes with the bytes; the index says it, and clients cache by it. */
  readonly hash: string;
}

/** Built at the first call and kept: one a group version, which bounds them. */
const documents = new Map<string, OpenApiDocument>();

/** `{paths: {'apis/apps/v1': {serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=…'}}}`. */
export function openApiIndex(custom: readonly CustomApiResource[] = []): OpenApiIndex {
  const paths = new Set([...groupVersions().keys(), ...custom.map(pathOf)]);
  const entries = [...paths].map((path) => {
    const hash = openApiDocument(path, custom)?.hash ?? '';
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(entries) };
}

/** `GET /openapi/v3/apis/apps/v1`, by `apis/apps/v1` (or `api/v1`). Undefined where that group version is not served. */
export function openApiDocument(
  groupVersionPath: string,
  custom: readonly CustomApiResource[] = [],
): OpenApiDocument | undefined {
  const own = custom.filter((row) => pathOf(row) === groupVersionPath);
  if (own.length > 0)
    return customDocument([...(groupVersions().get(groupVersionPath) ?? []), ...own]);
  const known = documents.get(groupVersionPath);
  if (known) return known;
  const rows = groupVersions().get(groupVersionPath);
  if (!rows) return undefined;
  const document = encodeDocument(buildDocument(rows));
  documents.set(groupVersionPath, document);
  return document;
}

const NO_ROWS: readonly CustomApiResource[] = [];
let builtIn: Version2 | undefined;
let whole: { custom: readonly CustomApiResource[]; document: Version2 } | undefined;
const encoded = new WeakMap<Version2, Map<'json' | 'protobuf', OpenApiDocument>>();

/** `GET /openapi/v2`: all that is served, in one document of OpenAPI 2.0. Made at the first call, and anew for other rows. */
export function openApiVersion2(
  custom = NO_ROWS,
  encoding: 'json' | 'protobuf' = 'json',
): OpenApiDocument {
  const document = version2(custom);
  const known = encoded.get(document) ?? new Map<'json' | 'protobuf', OpenApiDocument>();
  encoded.set(document, known);
  let made = known.get(encoding);
  if (made === undefined) {
    const bytes = encoding === 'protobuf' ? encodeVersion2(document) : undefined;
    made = bytes === undefined ? encodeDocument(document) : { bytes, hash: contentHash(bytes) };
    known.set(encoding, made);
  }
  return made;
}

function version2(custom: readonly CustomApiResource[]): Version2 {
  if (whole?.custom === custom) return whole.document;
  builtIn ??= asVersion2(buildDocument(RESOURCES));
  const own = asVersion2(buildDocument(custom));
  const document = {
    ...builtIn,
    paths: { ...builtIn.paths, ...own.paths },
    definitions: { ...own.definitions, ...builtIn.definitions },
  };
  whole = { custom, document };
  return document;
}

function encodeDocument(document: unknown): OpenApiDocument {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return { bytes, hash: contentHash(bytes) };
}

function pathOf(row: ApiResource): string {
  return groupVersionPathOf(row).slice(1);
}

/** Kept with its first row: rows are made anew when their definition changes. */
const customDocuments = new WeakMap<
  ApiResource,
  { rows: readonly ApiResource[]; document: OpenApiDocument }
>();

function customDocument(rows: readonly ApiResource[]): OpenApiDocument | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const known = customDocuments.get(first);
  if (known?.rows.length === rows.length && known.rows.every((row, at) => row === rows[at]))
    return known.document;
  const document = encodeDocument(buildDocument(rows));
  customDocuments.set(first, { rows, document });
  return document;
}

function groupVersions(): Map<string, ApiResource[]> {
  const found = new Map<string, ApiResource[]>();
  for (const row of RESOURCES) {
    const path = groupVersionPathOf(row).slice(1);
    found.set(path, [...(found.get(path) ?? []), row]);
  }
  return found;
}

function buildDocument(rows: readonly ApiResource[]): Readonly<Record<string, unknown>> {
  const definitions = newDefinitions(customDefinitions(rows));
  const paths = {};
  for (const row of rows) Object.assign(paths, resourcePaths(row, definitions));
  modelReference('V1WatchEvent', definitions);
  // The schemas of custom kinds refer to it, as text.
  if (rows.some(({ custom }) => custom !== undefined)) modelReference('V1ObjectMeta', definitions);
  defineAll(definitions, kindsOf);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths,
    components: { schemas: sortedSchemas(definitions) },
  };
}

function sortedSchemas(definitions: Definitions): unknown {
  const entries = [...definitions.schemas].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

/** The kinds that a model is the shape of. Options and watch events are of every group version. */
function kindsOf(model: string): unknown[] {
  const found = findModel(model);
  const of = found?.message?.package;
  if (!found || !of) return [];
  const kind = found.goName;
  if (model === 'V1DeleteOptions' || model === 'V1WatchEvent') {
    const versions = new Map(RESOURCES.map((row) => [groupVersionOf(row), row]));
    return [...versions.values()].map(({ group, version }) => ({ group, kind, version }));
  }
  if (!found.fields.has('kind') || !found.fields.has('metadata')) return [];
  const group = of.group === 'meta' ? '' : of.group;
  const apiVersion = groupVersionOf({ group, version: of.version });
  return modelOfKind(apiVersion, kind) === model ? [{ group, kind, version: of.version }] : [];
}
