import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import { checkStoreHistory } from '../../src/checker/index.js';
import type { StoreHistory } from '../../src/checker/index.js';
import type { StoreUserConfig, StoreUserReport } from './actors/store-user.js';
import { atRest, differentHashes, REPLICAS, reportsThat, storeSystem } from './store-cluster.js';
import { strikeReplicas } from './store-faults.js';

t.setTimeout(300_000);

const STRIKES = 200;
const ROLES: Readonly<Record<string, StoreUserConfig['role']>> = {
  'client-0': 'mixed',
  'client-1': 'mixed',
  'client-2': 'mixed',
  'client-3': 'reads-only',
  'watcher-0': 'steady-watcher',
  'watcher-1': 'roaming-watcher',
};
const USERS = Object.keys(ROLES);
/** A hundred times what a history takes. */
const CHECKER_STEPS_MAX = 200_000;

const given = process.env['STORE_SEED'];
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
const replay = `STORE_SEED=${String(seed)} npm test -- io/store-threads`;

/** The blows follow from the seed; when threads run does not. */
t.test(
  `replicas killed, hung and restarted two hundred times (seed ${String(seed)})`,
  async (t) => {
    t.comment(replay);
    const system = storeSystem(ROLES, { snapshotEntries: 300, keptEntries: 100 });
    t.teardown(() => system.stop());
    await system.ready();
    const begun = ({ sawUpTo, succeeded }: StoreUserReport): boolean => sawUpTo + succeeded > 0;
    await reportsThat(system, USERS, (reports) => reports.every(begun));
    const counts = await strikeReplicas(system, 'root', REPLICAS, STRIKES, seededRandom(seed));
    for (const id of USERS) await system.inject(id, { type: 'end' }, 5000);
    const reports = await reportsThat(system, USERS, atRest);
    const history = joined(reports);
    const revision = reports[0]?.sawUpTo ?? 0;
    t.comment(JSON.stringify({ ...counts, ...figures(history), revision }));

    const verdict = checkStoreHistory(history, { stepsMax: CHECKER_STEPS_MAX });
    t.equal(verdict.verdict === 'illegal' ? verdict.text : verdict.verdict, 'ok', replay);
    t.ok(history.operations.length > 200 && revision > 60, 'there was load');
    t.ok(counts.leader > 10, 'leaders were struck');
    t.equal(await differentHashes(system, 'client-0', revision), 1, 'all replicas hold the same');
    t.same(
      system.actors().flatMap(({ lastCrash }) => lastCrash ?? []),
      [],
      'nobody crashed by itself',
    );
    await system.stop();
  },
);

function joined(reports: readonly StoreUserReport[]): StoreHistory {
  const histories = reports.flatMap(({ history }) => history ?? []);
  return {
    operations: histories.flatMap(({ operations }) => operations),
    serializableReads: histories.flatMap(({ serializableReads }) => serializableReads),
    watches: histories.flatMap(({ watches }) => watches),
  };
}

function figures({ operations, serializableReads, watches }: StoreHistory): object {
  return {
    operations: operations.length,
    unanswered: operations.filter(({ outcome }) => outcome.type !== 'answered').length,
    serializableReads: serializableReads.length,
    batches: watches.reduce((sum, { batches }) => sum + batches.length, 0),
  };
}
