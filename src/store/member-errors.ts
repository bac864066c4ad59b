import type { StoreError } from '../protocol/index.js';

/** Why a membership change is refused, in etcd's words (api/v3rpc/rpctypes); the last one is our own: etcd lets it time out. */
export const memberErrors = {
  notFound: { code: 'member-not-found', message: 'etcdserver: member not found' },
  exists: { code: 'member-exists', message: 'etcdserver: Peer URLs already exists' },
  idExists: { code: 'member-exists', message: 'etcdserver: member ID already exist' },
  notLearner: { code: 'not-a-learner', message: 'etcdserver: can only promote a learner member' },
  learnerNotReady: {
    code: 'learner-not-ready',
    message: 'etcdserver: can only promote a learner member which is in sync with leader',
  },
  tooManyLearners: {
    code: 'too-many-learners',
    message: 'etcdserver: too many learner members in cluster',
  },
  notEnoughStarted: {
    code: 'not-enough-started',
    message: 'etcdserver: re-configuration failed due to not enough started members',
  },
  unhealthy: { code: 'unhealthy', message: 'etcdserver: unhealthy cluster' },
  badTransferee: { code: 'bad-transferee', message: 'etcdserver: bad leader transferee' },
  transferTimeout: {
    code: 'transfer-timeout',
    message: 'etcdserver: request timed out, leader transfer took too long',
  },
  badName: { code: 'bad-member-name', message: 'etcdserver: given member URLs are invalid' },
  underWay: {
    code: 'change-under-way',
    message: 'another change of the membership is under way',
  },
} as const satisfies Record<string, StoreError>;
