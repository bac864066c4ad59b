import type { ActorDetail, ClusterStatus } from '../../../src/daemon/index.js';
import type { ElectionRecord } from '../../../src/protocol/index.js';
import type { Sample } from '../../../src/cli/top/sample.js';

const IDS = [
  ...['store-0', 'store-1', 'store-2', 'api-server', 'scheduler', 'controller-manager'],
  ...[1, 2, 3].flatMap((n) => [`kubelet-node-${n}`, `kube-proxy-node-${n}`]),
  'gateway',
];

export function actor(id: string, counts: Partial<ActorDetail> = {}): ActorDetail {
  return {
    id,
    component: id.replace(/-.*/, ''),
    state: 'running',
    incarnation: 1,
    restarts: 0,
    restartsByCause: { crash: 0, chaos: 0, normal: 0, sibling: 0 },
    crashesInRow: 0,
    nextStartAt: null,
    mailboxMessages: 0,
    mailboxMessagesPeak: 3,
    messagesHandled: 1000,
    messagesIn: 1000,
    messagesOut: 1000,
    bytesIn: 0,
    bytesOut: 0,
    handlingP50Ms: 0.1,
    handlingP99Ms: 1,
    deadLettersByReason: {},
    asksPending: 0,
    callsPending: 0,
    streamsConsumed: 0,
    streamsProduced: 0,
    loopDelayP50Ms: 0.2,
    loopDelayP99Ms: 1.25,
    loopDelayMaxMs: 2,
    loopActiveMs: 5000,
    loopIdleMs: 55_000,
    gcCount: 1,
    gcMs: 1,
    gcMsMax: 1,
    heapUsedBytes: 8 * 2 ** 20,
    heapLimitBytes: 256 * 2 ** 20,
    bufferBytes: 2 ** 20,
    uptimeMs: 60_000,
    lastCrash: null,
    ...counts,
  };
}

export const ELECTION: ElectionRecord = {
  term: 2,
  leader: 'store-1',
  candidate: 'store-1',
  cause: 'leader-crash',
  causeDetail: 'life 1 of store-0 ended while it was the leader',
  votes: [
    { voter: 'store-1', granted: true, reason: 'self' },
    { voter: 'store-2', granted: true, reason: 'granted' },
    { voter: 'store-0', granted: false, reason: 'no-answer' },
  ],
  phases: { detectMs: 8.4, preVoteMs: 12, voteMs: 20, commitMs: 9.2, firstWriteMs: 3 },
  unavailableMs: 49,
  electedAt: '2026-11-22T23:21:19.310Z',
  id: 'two',
  outcome: 'elected',
  splitVote: false,
  attempts: 1,
  previousLeader: 'store-0',
  preVotes: [],
  logs: [],
  complete: true,
};

const STATUS: ClusterStatus = {
  ready: true,
  degraded: [],
  version: '0.1.0',
  pid: 4711,
  apiServer: { url: 'https://127.0.0.1:6443' },
  kubeconfig: '/data/kubeconfig.yaml',
  store: {
    leader: 'store-1',
    term: 2,
    commitIndex: 345,
    replicas: ['store-0', 'store-1', 'store-2'].map((id) => ({
      id,
      role: id === 'store-1' ? 'leader' : 'follower',
      state: 'running',
      term: 2,
      lastIndex: 345,
      appliedIndex: 344,
      etcdEndpoint: null,
      problem: null,
    })),
  },
  actors: IDS.map((id) => actor(id)),
  nodes: { total: 3, ready: 3 },
  pods: { total: 2, ready: 1 },
  backups: null,
  process: { rssBytes: 217 * 2 ** 20, cpuMs: 1000, uptimeMs: 72_000 },
};

/** A cluster of thirteen actors, seen at `atMs`. */
export function sampleAt(atMs: number, changes: Partial<Sample> = {}): Sample {
  return {
    atMs,
    status: STATUS,
    actors: { atMs, list: IDS.map((id) => actor(id)) },
    elections: [
      ELECTION,
      { ...ELECTION, id: 'one', term: 1, electedAt: '2026-11-22T23:21:16.219Z' },
    ],
    nodes: {
      ok: true,
      columns: [
        { title: 'Name', wide: false },
        { title: 'Status', wide: false },
        { title: 'Internal-IP', wide: true },
      ],
      rows: [1, 2, 3].map((n) => [`node-${n}`, 'Ready', '127.0.0.1']),
      more: 0,
    },
    pods: {
      ok: true,
      columns: ['Namespace', 'Name', 'Status'].map((title) => ({ title, wide: false })),
      rows: Array.from({ length: 60 }, (_, i) => [
        'default',
        `web-${String(i).padStart(2, '0')}`,
        i === 0 ? 'CrashLoopBackOff' : 'Running',
      ]),
      more: 40,
    },
    ...changes,
  };
}
