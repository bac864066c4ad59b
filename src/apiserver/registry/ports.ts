import type { Clock, Crypto, Log, Random } from '../../base/index.js';
import type { ApiResource } from '../../api/index.js';
import type { CustomCatalog } from '../custom/catalog.js';
import type { Converter } from '../custom/converter.js';
import type { AdmissionChain } from '../admission/admission.js';
import type { QuotaAdmission } from '../admission/resource-quota.js';
import type { ApiServerConfig } from '../config.js';
import type { ObjectStorage } from '../storage/object-storage.js';
import type { StorePort } from '../storage/store-port.js';
import type { ReadBarrier } from '../watch-cache/read-barrier.js';
import type { RegistryFeed } from '../watch-cache/registry-feed.js';
import type { ResourceCache } from '../watch-cache/resource-cache.js';
import type { ServiceAccountTokens } from '../tokens/service-account-tokens.js';
import { cachePrefix } from './object-key.js';
import type { Strategy } from './strategy/strategy.js';

/** What the registry works with. */
export interface RegistryPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly config: ApiServerConfig;
  readonly store: StorePort;
  readonly storage: ObjectStorage;
  readonly feed: RegistryFeed;
  readonly barrier: ReadBarrier;
  readonly admission: AdmissionChain;
  readonly quotas: QuotaAdmission;
  readonly catalog: CustomCatalog;
  readonly converter: Converter;
  /** Undefined: this host has no key to sign with, and nobody is known by a token. */
  readonly tokens: ServiceAccountTokens | undefined;
  strategyOf(resource: ApiResource): Strategy;
}

export function cacheOf(ports: Pick<RegistryPorts, 'feed'>, resource: ApiResource): ResourceCache {
  return ports.feed.cache(cachePrefix(resource));
}

/** Now, as metadata has it: RFC 3339 in whole seconds. */
export function timestamp(clock: Clock, offsetSeconds = 0): string {
  const seconds = Math.floor(clock.wallMs() / 1_000) + offsetSeconds;
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}
