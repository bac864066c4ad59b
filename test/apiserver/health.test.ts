import t from 'tap';
import type { ActorFigures, SystemFigures } from '../../src/actor/index.js';
import { RaftProgress } from '../../src/apiserver/raft-progress.js';
import { actorId } from '../../src/base/index.js';
import type { ReplicaFigures } from '../../src/protocol/index.js';
import { virtualTime } from '../virtual-time.js';
import { createApiWorld } from './api-world.js';

const HISTOGRAM = { boundsMs: [], counts: [], sumMs: 0 };
const ANSWERS = {} as NonNullable<ActorFigures['counts']>;

function actor(id: string, more: Partial<ActorFigures> = {}): ActorFigures {
  return {
    id: actorId(id),
    component: id.startsWith('store-') ? 'store' : id,
    state: 'running',
    incarnation: 1,
    restarts: 0,
    restartsByCause: { crash: 0, chaos: 0, normal: 0, sibling: 0 },
    mailboxMessages: 0,
    heapUsedBytes: 0,
    bufferBytes: 0,
    uptimeMs: 0,
    counts: ANSWERS,
    thread: null,
    ...more,
  };
}

function replica(id: string, more: Partial<ReplicaFigures> = {}): ReplicaFigures {
  return {
    id,
    hasLeader: true,
    isLeader: id === 'store-0',
    leaderChanges: 0,
    commitIndex: 7,
    appliedIndex: 7,
    proposalsPending: 0,
    proposalsFailed: 0,
    holdups: { loop: 0, disk: 0, apply: 0 },
    dbSizeBytes: 0,
    keys: 0,
    walSyncs: HISTOGRAM,
    snapshotSyncs: HISTOGRAM,
    elections: {
      byCause: {},
      failedByOutcome: {},
      splitVotes: 0,
      rejectionsByReason: {},
      duration: HISTOGRAM,
      writeGap: HISTOGRAM,
    },
    ...more,
  };
}

const REPLICAS = ['store-0', 'store-1', 'store-2'];

t.test('readyz has a check for each actor, and names who is down', async (t) => {
  let figures: SystemFigures = {
    actors: [...REPLICAS, 'api-server', 'scheduler', 'member-admin'].map((id) => actor(id)),
    process: { residentBytes: 0, cpuMs: 0, startedWallMs: 0 },
  };
  const world = createApiWorld({}, { actorFigures: () => Promise.resolve(figures) });
  await world.start();
  world.store.replicaFigures = REPLICAS.map((id) => replica(id));
  const sound = await world.http('GET', '/readyz?verbose');
  t.equal(sound.status, 200);
  const own = ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync'];
  t.same(sound.text.split('\n'), [
    ...[...own, 'poststarthook/rbac/bootstrap-roles', 'shutdown'].map((name) => `[+]${name} ok`),
    ...['raft', ...REPLICAS, 'scheduler'].map((name) => `[+]${name} ok`),
    'readyz check passed',
    '',
  ]);
  t.equal((await world.http('GET', '/readyz')).text, 'ok');
  figures = {
    ...figures,
    actors: [
      actor('store-0'),
      actor('store-1'),
      actor('store-2', { counts: null }),
      actor('scheduler', { state: 'held', counts: null }),
    ],
  };
  world.store.replicaFigures = [replica('store-0')];
  const broken = await world.http('GET', '/readyz');
  t.equal(broken.status, 500);
  t.match(broken.text, /\[\+\]raft ok\n\[\+\]store-0 ok\n/);
  for (const id of ['store-1', 'store-2', 'scheduler'])
    t.match(broken.text, `[-]${id} failed: reason withheld\n`);
  t.match(broken.text, /\nreadyz check failed\n$/);
  for (const [name, why] of [
    ['store-1', 'store-1 takes no part in the store'],
    ['store-2', 'store-2 does not answer'],
    ['scheduler', 'scheduler is held'],
  ])
    t.match(await world.http('GET', `/readyz/${name ?? ''}`), {
      status: 500,
      text: `internal server error: ${why ?? ''}\n`,
    });
  t.match(await world.http('GET', '/readyz/store-0'), { status: 200, text: 'ok' });
  t.equal((await world.http('GET', '/readyz/nobody')).status, 404);
  t.equal((await world.http('GET', '/livez?verbose')).status, 200, 'it lives all the same');
  const query = 'verbose&exclude=store-1&exclude=store-2&exclude=scheduler&exclude=nobody';
  const excluded = await world.http('GET', `/readyz?${query}`);
  t.equal(excluded.status, 200);
  t.match(
    excluded.text,
    /\[\+\]scheduler excluded: ok\nwarn: some health checks cannot be excluded: no matches for "nobody"\nreadyz check passed\n$/,
  );
});

t.test('a supervisor that does not answer is named, in bounded time', async (t) => {
  const world = createApiWorld({}, { actorFigures: () => Promise.reject(new Error('no')) });
  await world.start();
  world.store.replicaFigures = REPLICAS.map((id) => replica(id));
  t.match((await world.http('GET', '/readyz')).text, /\[-\]supervisor failed: reason withheld/);
});

t.test('raft: there is a leader, and its log goes on while writes wait', async (t) => {
  const time = virtualTime({ wallMs: 0 });
  const progress = new RaftProgress(time.clock);
  t.equal(progress.failure([]), 'the store has no leader');
  t.equal(progress.failure([replica('store-0')]), undefined);
  const busy = (commitIndex: number): ReplicaFigures[] => [
    replica('store-0', { commitIndex, proposalsPending: 3 }),
    replica('store-1', { commitIndex: 3 }),
  ];
  t.equal(progress.failure(busy(10)), undefined);
  await time.advance(1900);
  t.equal(progress.failure(busy(11)), undefined);
  await time.advance(2500);
  t.equal(
    progress.failure(busy(11)),
    'store-0 leads, but has committed nothing for 2500 ms while writes wait',
  );
  t.equal(progress.failure(busy(12)), undefined);
});
