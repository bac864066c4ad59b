import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { actorId, seededRandom } from '../../src/base/index.js';
import { checkStoreHistory } from '../../src/checker/index.js';
import type { StoreHistory } from '../../src/checker/index.js';
import type { StoreUserConfig, StoreUserReport } from './actors/store-user.js';
import { strikeReplicas } from './store-faults.js';
import { child, supervisor, temporaryFolder, testSystem, type TestSystem } from './system-of.js';

t.setTimeout(300_000);

const STRIKES = 200;
const REPLICAS = ['store-0', 'store-1', 'store-2'];
const ROLES: Readonly<Record<string, StoreUserConfig['role']>> = {
  'client-0': 'mixed',
  'client-1': 'mixed',
  'client-2': 'mixed',
  'client-3': 'reads-only',
  'watcher-0': 'steady-watcher',
  'watcher-1': 'roaming-watcher',
};
const USERS = Object.keys(ROLES);
/** Ten times what a history takes. */
const CHECKER_STEPS_MAX = 200_000;

const given = process.env['STORE_SEED'];
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
const replay = `STORE_SEED=${String(seed)} npm test -- io/store-threads`;

/** The blows follow from the seed; when threads run does not. */
t.test(
  `replicas killed, hung and restarted two hundred times (seed ${String(seed)})`,
  async (t) => {
    t.comment(replay);
    const system = storeSystem();
    t.teardown(() => system.stop());
    await system.ready();
    await until(system, (reports) =>
      reports.every(({ sawUpTo, succeeded }) => sawUpTo + succeeded > 0),
    );
    const counts = await strikeReplicas(system, 'root', REPLICAS, STRIKES, seededRandom(seed));
    for (const id of USERS) await system.inject(id, { type: 'end' }, 5000);
    const reports = await until(system, atRest);
    const history = joined(reports);
    const revision = reports[0]?.sawUpTo ?? 0;
    t.comment(JSON.stringify({ ...counts, ...figures(history), revision }));

    const verdict = checkStoreHistory(history, { stepsMax: CHECKER_STEPS_MAX });
    t.equal(verdict.verdict === 'illegal' ? verdict.text : verdict.verdict, 'ok', replay);
    t.ok(history.operations.length > 300 && revision > 100, 'there was load');
    t.ok(counts.leader > 20, 'leaders were struck');

    await system.inject('client-0', { type: 'hash', revision }, 5000);
    const [asker] = await until(system, ([first]) => Object.keys(first?.hashes ?? {}).length === 3);
    const hashes = Object.values(asker?.hashes ?? {}).map(({ hash }) => hash);
    t.equal(new Set(hashes).size, 1, 'all replicas hold the same');
    t.match(
      system.actors().filter(({ component }) => component === 'store-user'),
      USERS.map(() => ({ restarts: 0 })),
    );
    t.same(
      system.actors().flatMap(({ lastCrash }) => lastCrash ?? []),
      [],
      'nobody crashed by itself',
    );
    await system.stop();
  },
);

function storeSystem(): TestSystem {
  const folder = temporaryFolder();
  const replicas = REPLICAS.map((id) =>
    child(
      id,
      'store',
      {
        id,
        peers: REPLICAS.map((peer, i) => ({ id: peer, nodeId: i + 1 })),
        folder: path.join(folder, id),
        clusterId: 1n,
        snapshotEntries: 300,
        keptEntries: 100,
        segmentBytes: 64 * 1024,
      },
      {
        links: [...REPLICAS, ...USERS].filter((other) => other !== id).map(actorId),
        warmSpares: 2,
      },
    ),
  );
  const users = Object.entries(ROLES).map(([id, role]) =>
    child(id, 'store-user', { replicas: REPLICAS, role } satisfies StoreUserConfig),
  );
  return testSystem(supervisor([...replicas, ...users]), folder, (entry) =>
    entry === 'store'
      ? new URL('../../actors/store.cjs', import.meta.url)
      : new URL(`./actors/${entry}.js`, import.meta.url),
  );
}

/** Reports of all users that fit. */
async function until(
  system: TestSystem,
  fit: (reports: readonly StoreUserReport[]) => boolean,
): Promise<readonly StoreUserReport[]> {
  for (;;) {
    const answers = await Promise.all(USERS.map((id) => system.report(id, 10_000)));
    const reports = answers.flatMap((answer) =>
      answer.ok ? [answer.value as StoreUserReport] : [],
    );
    if (reports.length === USERS.length && fit(reports)) return reports;
    await sleep(100);
  }
}

/** Everything is answered and seen by all, and no lease is left that would still write. */
function atRest(reports: readonly StoreUserReport[]): boolean {
  const revision = Math.max(...reports.map(({ sawUpTo }) => sawUpTo));
  return reports.every(
    ({ waiting, sawUpTo, keys }) =>
      waiting === 0 && sawUpTo === revision && !keys.some((key) => key.startsWith('l')),
  );
}

function joined(reports: readonly StoreUserReport[]): StoreHistory {
  const histories = reports.flatMap(({ history }) => history ?? []);
  return {
    operations: histories.flatMap(({ operations }) => operations),
    serializableReads: histories.flatMap(({ serializableReads }) => serializableReads),
    watches: histories.flatMap(({ watches }) => watches),
  };
}

function figures({ operations, serializableReads, watches }: StoreHistory): object {
  const unanswered = operations.filter(({ outcome }) => outcome.type !== 'answered').length;
  const watched = watches.reduce((sum, { batches }) => sum + batches.length, 0);
  return {
    operations: operations.length,
    unanswered,
    serializableReads: serializableReads.length,
    batches: watched,
  };
}
