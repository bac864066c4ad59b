import { mvccError } from '../mvcc/index.js';
import type { StoreError } from '../protocol/index.js';

/** What a replica answers when it does not carry a request out; texts are etcd's where etcd has one. */
export const storeErrors = {
  notLeader: (leader: string): StoreError => ({
    code: 'not-leader',
    message: 'etcdserver: not leader',
    details: { leader },
  }),
  noLeader: { code: 'no-leader', message: 'etcdserver: no leader', details: { leader: null } },
  proposalDropped: { code: 'proposal-dropped', message: 'raft proposal dropped' },
  leaderChanged: { code: 'outcome-unknown', message: 'etcdserver: leader changed' },
  readLost: { code: 'no-leader', message: 'etcdserver: leader changed', details: { leader: null } },
  timeout: { code: 'timeout', message: 'etcdserver: request timed out' },
  tooLarge: { code: 'request-too-large', message: 'etcdserver: request is too large' },
  tooMany: { code: 'too-many-requests', message: 'etcdserver: too many requests' },
  noSpace: { code: 'no-space', message: 'etcdserver: mvcc: database space exceeded' },
  leaseNotFound: mvccError('lease-not-found'),
  stopping: { code: 'stopping', message: 'etcdserver: server stopped' },
} as const satisfies Record<string, StoreError | ((leader: string) => StoreError)>;
