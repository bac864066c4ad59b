import { decodeBase64, findResource } from '../../api/index.js';
import type {
  AdmissionregistrationV1WebhookClientConfig,
  KubernetesObject,
  V1EndpointSlice,
  V1Service,
} from '../../api/index.js';
import { assertDefined, failed, ok, randomFraction } from '../../base/index.js';
import type { Random, Result } from '../../base/index.js';
import type { WebhookCall } from '../../protocol/index.js';
import { cachePrefix, collectionPrefix, objectKey } from '../registry/object-key.js';
import { objectOf } from '../watch-cache/cached-object.js';
import type { RegistryFeed } from '../watch-cache/registry-feed.js';

/** Where a call goes; `error`, where nothing leads there. */
export interface ResolvedClient {
  readonly url: string;
  readonly address: WebhookCall['address'];
  readonly caBundle: string | undefined;
  readonly error: string | undefined;
}

type Address = NonNullable<WebhookCall['address']>;

const SERVICES = assertDefined(findResource('', 'v1', 'services'), 'services');
const SLICES = assertDefined(
  findResource('discovery.k8s.io', 'v1', 'endpointslices'),
  'endpointslices',
);

/**
 * A URL is called as it is. A Service is called at one of its endpoints: no address of the cluster's network leads anywhere from
 * here, but endpoints may be of this machine, or of others. Its certificate has to name `NAME.NAMESPACE.svc`.
 */
export function resolveClient(
  ports: { readonly feed: RegistryFeed; readonly random: Random },
  { url = '', service, caBundle = '' }: AdmissionregistrationV1WebhookClientConfig,
  timeoutSeconds: number,
): ResolvedClient {
  const decoded = caBundle === '' ? { bytes: new Uint8Array() } : decodeBase64(caBundle);
  const pem = 'bytes' in decoded ? new TextDecoder().decode(decoded.bytes) : '';
  const known = { caBundle: pem === '' ? undefined : pem, address: undefined, error: undefined };
  const query = `?timeout=${String(timeoutSeconds)}s`;
  if (service === undefined) return { ...known, url: `${url}${query}` };
  const { namespace, name, path = '', port = 443 } = service;
  const slash = path === '' || path.startsWith('/') ? path : `/${path}`;
  const full = `https://${name}.${namespace}.svc:${String(port)}${slash}${query}`;
  const found = endpointOf(ports, namespace, name, port);
  return found.ok
    ? { ...known, url: full, address: found.value }
    : { ...known, url: full, error: found.error };
}

function endpointOf(
  { feed, random }: { readonly feed: RegistryFeed; readonly random: Random },
  namespace: string,
  name: string,
  port: number,
): Result<Address, string> {
  const cached = feed.cache(cachePrefix(SERVICES)).get(objectKey(SERVICES, namespace, name));
  if (cached === undefined) return failed(`service "${name}" not found`);
  const { spec } = objectOf(cached) as unknown as V1Service;
  if (spec?.type === 'ExternalName') return ok({ host: spec.externalName ?? '', port });
  const wanted = spec?.ports?.find((each) => each.port === port);
  if (wanted === undefined)
    return failed(`no service port ${String(port)} found for service "${name}"`);
  const addresses: Address[] = [];
  for (const each of feed.cache(cachePrefix(SLICES)).list(collectionPrefix(SLICES, namespace))) {
    const slice = objectOf(each) as KubernetesObject & V1EndpointSlice;
    if (slice.metadata?.labels?.['kubernetes.io/service-name'] !== name) continue;
    const to = slice.ports?.find((at) => (at.name ?? '') === (wanted.name ?? ''))?.port;
    if (to === undefined) continue;
    for (const { addresses: hosts, conditions } of slice.endpoints ?? [])
      if (conditions?.ready !== false) addresses.push(...hosts.map((host) => ({ host, port: to })));
  }
  const one = addresses[Math.floor(randomFraction(random) * addresses.length)];
  return one === undefined ? failed(`no endpoints available for service "${name}"`) : ok(one);
}
