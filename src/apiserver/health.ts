import type { RegistryPorts } from './registry/ports.js';
import type { Query } from './request-info.js';

const STORE_CHECK_MS = 2_000;

/** Kubernetes' three health endpoints: `livez` asks whether a restart would help, `readyz` whether to send requests. */
export type HealthEndpoint = 'livez' | 'readyz' | 'healthz';

export interface HealthReport {
  readonly status: 200 | 500;
  readonly text: string;
}

interface Check {
  readonly name: string;
  readonly passes: () => boolean | Promise<boolean>;
}

export interface HealthState {
  readonly ports: Pick<RegistryPorts, 'store' | 'feed'>;
  /** The bootstrap roles are there. */
  readonly bootstrapped: () => boolean;
  readonly stopping: () => boolean;
}

/** The answer to `/readyz?verbose`, `/livez/ping`, …; undefined: there is no such check. */
export async function checkHealth(
  state: HealthState,
  endpoint: HealthEndpoint,
  single: string,
  query: Query,
): Promise<HealthReport | undefined> {
  const all = checksOf(state, endpoint);
  if (single !== '') {
    const check = all.find((each) => each.name === single);
    if (check === undefined) return undefined;
    return (await check.passes())
      ? { status: 200, text: 'ok' }
      : { status: 500, text: `internal server error: ${single} failed` };
  }
  const excluded = query['exclude'];
  const lines: string[] = [];
  let failures = 0;
  for (const check of all) {
    if (check.name === excluded) {
      lines.push(`[+]${check.name} excluded: ok`);
    } else if (await check.passes()) {
      lines.push(`[+]${check.name} ok`);
    } else {
      failures++;
      lines.push(`[-]${check.name} failed: reason withheld`);
    }
  }
  if (failures > 0)
    return { status: 500, text: [...lines, `${endpoint} check failed`, ''].join('\n') };
  if (query['verbose'] === undefined) return { status: 200, text: 'ok' };
  return { status: 200, text: [...lines, `${endpoint} check passed`, ''].join('\n') };
}

function checksOf(
  { ports, bootstrapped, stopping }: HealthState,
  endpoint: HealthEndpoint,
): Check[] {
  const ping: Check = { name: 'ping', passes: () => true };
  const log: Check = { name: 'log', passes: () => true };
  const roles: Check = { name: 'poststarthook/rbac/bootstrap-roles', passes: bootstrapped };
  // A restart of the API server does not bring back a store without a leader, so that livez does not ask for it.
  if (endpoint === 'livez') return [ping, log];
  const store: Check = { name: 'etcd', passes: () => storeAnswers(ports) };
  if (endpoint === 'healthz') return [ping, log, store, roles];
  const readiness: Check = { name: 'etcd-readiness', passes: store.passes };
  const caches: Check = { name: 'informer-sync', passes: () => ports.feed.revision > 0 };
  const shutdown: Check = { name: 'shutdown', passes: () => !stopping() };
  return [ping, log, store, readiness, caches, roles, shutdown];
}

/** A linearizable read: it needs a leader with a quorum behind it. */
async function storeAnswers({ store }: HealthState['ports']): Promise<boolean> {
  const answer = await store.range(
    { key: 'health', countOnly: true },
    { timeoutMs: STORE_CHECK_MS },
  );
  return answer.ok;
}
