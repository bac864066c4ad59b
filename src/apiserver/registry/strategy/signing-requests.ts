import type { KubernetesObject } from '../../../api/index.js';
import type { Strategy } from './strategy.js';

interface SigningRequest extends KubernetesObject {
  spec?: { username?: string; groups?: readonly string[]; uid?: string; extra?: unknown };
  status?: { conditions?: readonly { readonly type: string }[] };
}

const DECISIONS: readonly string[] = ['Approved', 'Denied'];

/** Who asks is written down by the server; what is asked never changes; the decision has a way of its own. */
export const signingRequests: Strategy = {
  prepareForCreate(object: SigningRequest, { user }) {
    const { uid: _uid, extra: _extra, ...asked } = object.spec ?? {};
    object.spec = { ...asked, username: user.name, groups: user.groups };
    object.status = {};
  },
  prepareForUpdate(object: SigningRequest, old: SigningRequest) {
    if (old.spec !== undefined) object.spec = old.spec;
  },
  prepareForStatusUpdate(object: SigningRequest, old: SigningRequest) {
    const conditions = object.status?.conditions ?? [];
    const decided = (old.status?.conditions ?? []).filter(isDecision);
    object.status = {
      ...object.status,
      conditions: [...decided, ...conditions.filter((each) => !isDecision(each))],
    };
  },
  parts: {
    approval: (object: SigningRequest, old: SigningRequest) => ({
      ...old,
      status: { ...old.status, conditions: object.status?.conditions ?? [] },
    }),
  },
};

function isDecision({ type }: { readonly type: string }): boolean {
  return DECISIONS.includes(type);
}
