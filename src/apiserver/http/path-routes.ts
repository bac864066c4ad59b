import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  KUBERNETES_VERSION,
  notAcceptable,
  openApiDocument,
  openApiIndex,
  openApiVersion2,
  pathNotFound,
  RESOURCES,
  groupVersionPathOf,
  VERSION_2_PROTOBUF_ALIAS,
  VERSION_2_PROTOBUF_TYPE,
} from '../../api/index.js';
import type {
  ApiResource,
  CustomApiResource,
  KubernetesObject,
  OpenApiDocument,
} from '../../api/index.js';
import { checkHealth } from '../health.js';
import type { HealthEndpoint, HealthState } from '../health.js';
import type { Pipeline } from '../pipeline.js';
import type { Query } from '../request-info.js';
import { JWKS, keySet, OPENID_CONFIGURATION, openIdConfiguration } from '../tokens/openid.js';
import { JSON_TYPE, negotiate, parseAccept, wantsAggregatedDiscovery } from './negotiation.js';
import {
  jsonTextResponse,
  objectResponse,
  plainResponse,
  statusResponse,
  textResponse,
} from './http-response.js';
import type { HttpResponse } from './http-response.js';

const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface PathRequest {
  readonly path: string;
  readonly query: Query;
  /** Of a health endpoint. */
  readonly exclude: readonly string[];
  readonly accept: string | undefined;
}

/** Everything that is no resource: discovery, OpenAPI, version, health, metrics. */
export async function answerPath(
  pipeline: Pipeline,
  health: HealthState,
  request: PathRequest,
): Promise<HttpResponse> {
  const path =
    request.path.length > 1 && request.path.endsWith('/')
      ? request.path.slice(0, -1)
      : request.path;
  const [head = '', ...rest] = path.slice(1).split('/');
  const tail = rest.join('/');
  switch (head) {
    case '':
      return objectResponse(200, { paths: indexPaths(pipeline.ports.catalog.rows()) });
    case 'version':
      return rest.length === 0
        ? jsonTextResponse(200, JSON.stringify(VERSION, undefined, 2))
        : notThere();
    case 'api':
    case 'apis':
      return discovery(head, rest, request.accept, pipeline.ports.catalog.rows());
    case 'openapi':
      return openApi(rest, request.accept, pipeline.ports.catalog.rows());
    case '.well-known':
    case 'openid':
      return openId(pipeline, path);
    case 'livez':
    case 'readyz':
    case 'healthz':
      return await healthResponse(health, head, tail, request);
    case 'metrics':
      return rest.length === 0
        ? textResponse(
            200,
            await pipeline.metrics.text({ ...pipeline, feed: pipeline.ports.feed }),
            METRICS_TYPE,
          )
        : notThere();
    default:
      return notThere();
  }
}

function notThere(): HttpResponse {
  return statusResponse(pathNotFound());
}

const [major = '', minor = ''] = KUBERNETES_VERSION.slice(1).split('.');

/** version.Info. What Go would say of itself is left empty: nothing here was built by it. */
const VERSION = {
  major,
  minor,
  gitVersion: KUBERNETES_VERSION,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '',
  goVersion: '',
  compiler: '',
  platform: '',
};

function discovery(
  head: 'api' | 'apis',
  rest: readonly string[],
  accept: string | undefined,
  custom: readonly ApiResource[],
): HttpResponse {
  const [first = '', second = ''] = rest;
  if (rest.length === 0) {
    if (wantsAggregatedDiscovery(accept)) {
      return objectResponse(200, aggregatedDiscovery(`/${head}`, custom), {
        'content-type': AGGREGATED_TYPE,
        vary: 'Accept',
      });
    }
    const groups = head === 'api' ? apiVersions() : apiGroupList(custom);
    return plainResponse(200, groups, accept, { vary: 'Accept' });
  }
  const object =
    head === 'api'
      ? coreList(rest)
      : rest.length === 1
        ? apiGroup(first, custom)
        : rest.length === 2
          ? apiResourceList(`${first}/${second}`, custom)
          : undefined;
  return object === undefined ? notThere() : plainResponse(200, object, accept);
}

function coreList(rest: readonly string[]): KubernetesObject | undefined {
  return rest.length === 1 && rest[0] !== undefined ? apiResourceList(rest[0]) : undefined;
}

function openApi(
  rest: readonly string[],
  accept: string | undefined,
  custom: readonly CustomApiResource[],
): HttpResponse {
  const [version, ...groupVersion] = rest;
  if (version === 'v2' && groupVersion.length === 0) {
    const type = version2Type(accept);
    if (type === undefined)
      return statusResponse(notAcceptable([JSON_TYPE, VERSION_2_PROTOBUF_TYPE]));
    const document = openApiVersion2(custom, type === JSON_TYPE ? 'json' : 'protobuf');
    return openApiResponse(document, { vary: 'Accept' }, type);
  }
  if (version !== 'v3') return notThere();
  if (groupVersion.length === 0) return objectResponse(200, { ...openApiIndex(custom) });
  const document = openApiDocument(groupVersion.join('/'), custom);
  if (document === undefined) return notThere();
  return openApiResponse(document, { 'cache-control': 'public, immutable' });
}

/** The first type that the client accepts, and that is written. */
function version2Type(accept: string | undefined): string | undefined {
  for (const { mediaType } of parseAccept(accept)) {
    if (mediaType === VERSION_2_PROTOBUF_TYPE || mediaType === VERSION_2_PROTOBUF_ALIAS)
      return VERSION_2_PROTOBUF_TYPE;
    const options = { watch: false, tables: true, messages: false };
    if (negotiate(mediaType, options)?.encoding === 'json') return JSON_TYPE;
  }
  return undefined;
}

function openApiResponse(
  { bytes, hash }: OpenApiDocument,
  caching: Readonly<Record<string, string>>,
  type = JSON_TYPE,
): HttpResponse {
  const headers = { 'content-type': type, ...caching, etag: `"${hash}"` };
  return { type: 'response', status: 200, headers, body: bytes };
}

function openId({ ports }: Pipeline, path: string): HttpResponse {
  const key = ports.tokens?.key;
  const { kubernetesServiceEndpoint } = ports.config;
  const caching = { 'cache-control': 'public, max-age=3600' };
  if (key !== undefined && path === OPENID_CONFIGURATION)
    return objectResponse(200, { ...openIdConfiguration(key, kubernetesServiceEndpoint) }, caching);
  if (key === undefined || path !== JWKS) return notThere();
  const type = { 'content-type': 'application/jwk-set+json' };
  return objectResponse(200, { ...keySet(key) }, { ...caching, ...type });
}

async function healthResponse(
  state: HealthState,
  endpoint: HealthEndpoint,
  single: string,
  { query, exclude }: PathRequest,
): Promise<HttpResponse> {
  const verbose = query['verbose'] !== undefined;
  const report = await checkHealth(state, { endpoint, single, verbose, exclude });
  return report === undefined ? notThere() : textResponse(report.status, report.text);
}

/** `GET /`. */
function indexPaths(custom: readonly ApiResource[]): string[] {
  const rows = [...RESOURCES, ...custom];
  const versions = [...new Set(rows.map(groupVersionPathOf))];
  const groups = [
    ...new Set(rows.filter((row) => row.group !== '').map((row) => `/apis/${row.group}`)),
  ];
  const fixed = [
    '/api',
    '/apis',
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    OPENID_CONFIGURATION,
    JWKS,
    '/readyz',
    '/version',
  ];
  return [...new Set([...fixed, ...versions, ...groups])].sort();
}
