import { badRequest, resourceVersionTooLarge, serviceUnavailable } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { storeStatus } from '../storage/store-status.js';
import type { RegistryPorts } from './ports.js';

/** How long a request waits for a revision that the cache has not reached (kube-apiserver's blockTimeout). */
const WAIT_MS = 3_000;
/** The cache is a fraction of a millisecond behind the store; if it is not, the store itself is read. */
const CATCH_UP_MS = 100;

/** Reads a resourceVersion: empty is undefined, `0` is any. */
export function readResourceVersion(text: string | undefined): Outcome<number | undefined> {
  if (text === undefined || text === '') return ok(undefined);
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return ok(value);
  const detail = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  return refuse(badRequest(`Invalid value: ${JSON.stringify(text)}: ${detail}`));
}

/** Waits until the caches have `revision`, and refuses as Kubernetes does where it seems to lie in the future. */
export async function waitForRevision(
  ports: RegistryPorts,
  revision: number,
): Promise<Outcome<undefined>> {
  if (await ports.feed.waitFor(revision, WAIT_MS)) return ok(undefined);
  if (ports.feed.revision === 0) return refuse(serviceUnavailable('storage is (re)initializing'));
  return refuse(resourceVersionTooLarge(revision, ports.feed.revision));
}

export interface CurrentRevision {
  readonly revision: number;
  /** False: the cache is behind it, and what is needed has to be read from the store. */
  readonly cached: boolean;
}

/** A revision that includes every write that was acknowledged before this call. */
export async function currentRevision(
  ports: Pick<RegistryPorts, 'barrier' | 'feed'>,
): Promise<Outcome<CurrentRevision>> {
  const answer = await ports.barrier.revision();
  if (!answer.ok) return refuse(storeStatus(answer.error));
  const revision = Number(answer.value.header.revision);
  return ok({ revision, cached: await ports.feed.waitFor(revision, CATCH_UP_MS) });
}
