import { actorId } from '../base/index.js';
import type { ChildSpec, SupervisorSpec } from './child-spec.js';

type Links = { readonly links?: readonly string[] };

/** A child with OTP's defaults: permanent, five seconds to shut down. Its entry and component are its id, unless said otherwise. */
export function childSpec(
  id: string,
  more: Partial<Omit<ChildSpec, 'id' | 'links'>> & Links = {},
): ChildSpec {
  return {
    component: id,
    entry: id,
    config: {},
    restart: 'permanent',
    shutdownMs: 5000,
    kind: 'worker',
    startTimeoutMs: 10_000,
    stallMs: 10_000,
    heapMbMax: 128,
    ...more,
    id: actorId(id),
    links: (more.links ?? []).map(actorId),
  };
}

/** A supervisor with OTP's defaults: one for one, at most one crash in five seconds. A crash in a row waits from 100 ms to 10 s. */
export function supervisorSpec(
  children: SupervisorSpec['children'],
  more: Partial<Omit<SupervisorSpec, 'id' | 'children'>> & { readonly id?: string } = {},
): SupervisorSpec {
  return {
    strategy: 'one_for_one',
    intensity: 1,
    periodMs: 5000,
    backoff: { minMs: 100, maxMs: 10_000, factor: 2, jitter: 0.2 },
    ...more,
    id: actorId(more.id ?? 'root'),
    children,
  };
}
