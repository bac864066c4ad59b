import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { actorId } from '../../src/base/index.js';
import type { ReplicaConfig } from '../../src/store/index.js';
import type { StoreUserConfig, StoreUserReport } from './actors/store-user.js';
import { child, supervisor, temporaryFolder, testSystem, type TestSystem } from './system-of.js';

export const REPLICAS = ['store-0', 'store-1', 'store-2'];

/** Three replicas and their users, each of them a thread. */
export function storeSystem(
  roles: Readonly<Record<string, StoreUserConfig['role']>>,
  overrides: Partial<ReplicaConfig>,
): TestSystem {
  const folder = temporaryFolder();
  const users = Object.keys(roles);
  const replicas = REPLICAS.map((id) =>
    child(
      id,
      'store',
      {
        id,
        peers: REPLICAS.map((peer, i) => ({ id: peer, nodeId: i + 1 })),
        folder: path.join(folder, id),
        clusterId: 1n,
        segmentBytes: 64 * 1024,
        ...overrides,
      },
      {
        links: [...REPLICAS, ...users].filter((other) => other !== id).map(actorId),
        warmSpares: 2,
      },
    ),
  );
  const others = Object.entries(roles).map(([id, role]) =>
    child(id, 'store-user', { replicas: REPLICAS, role } satisfies StoreUserConfig),
  );
  return testSystem(supervisor([...replicas, ...others]), folder, (entry) =>
    entry === 'store'
      ? new URL('../../actors/store.cjs', import.meta.url)
      : new URL(`./actors/${entry}.js`, import.meta.url),
  );
}

/** Reports of all these users that fit. */
export async function reportsThat(
  system: TestSystem,
  users: readonly string[],
  fit: (reports: readonly StoreUserReport[]) => boolean,
): Promise<readonly StoreUserReport[]> {
  for (;;) {
    const answers = await Promise.all(users.map((id) => system.report(id, 10_000)));
    const reports = answers.flatMap((answer) =>
      answer.ok ? [answer.value as StoreUserReport] : [],
    );
    if (reports.length === users.length && fit(reports)) return reports;
    await sleep(100);
  }
}

/** Everything is answered and seen by all, and no lease is left that would still write. */
export function atRest(reports: readonly StoreUserReport[]): boolean {
  const revision = Math.max(...reports.map(({ sawUpTo }) => sawUpTo));
  return reports.every(
    ({ waiting, sawUpTo, keys }) =>
      waiting === 0 && sawUpTo === revision && !keys.some((key) => key.startsWith('l')),
  );
}

/** How many different digests of the keys the replicas have. */
export async function differentHashes(
  system: TestSystem,
  user: string,
  revision: number,
): Promise<number> {
  await system.inject(user, { type: 'hash', revision }, 5000);
  const [asker] = await reportsThat(
    system,
    [user],
    ([first]) => Object.keys(first?.hashes ?? {}).length === REPLICAS.length,
  );
  return new Set(Object.values(asker?.hashes ?? {}).map(({ hash }) => hash)).size;
}
