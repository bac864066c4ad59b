import { findResource } from '../../../api/index.js';
import { assertDefined } from '../../../base/index.js';
import type { Converter } from '../../custom/converter.js';
import type { Outcome } from '../../outcome.js';
import { cachePrefix } from '../../registry/object-key.js';
import { ADMITTED } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import { objectViews } from '../webhooks/object-views.js';
import { validateByPolicies } from './dispatch.js';
import type { PolicyPorts } from './dispatch.js';
import { followPolicies } from './policy-set.js';
import type { Policy } from './policy-set.js';

/** ValidatingAdmissionPolicy: what rules in CEL say of a write. */
export interface AdmissionPolicies {
  /** Nothing of this costs anything before a policy is bound. */
  validates(attributes: AdmissionAttributes): boolean;
  /** Bound or not. */
  find(name: string): Policy | undefined;
  validate(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
}

const GROUP = 'admissionregistration.k8s.io';

/** Who could keep these from being written could keep anybody from ever repairing a policy. */
const EXEMPT: ReadonlySet<string> = new Set([
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
]);

/** What is not stored is only a question. */
const QUESTIONS: ReadonlySet<string> = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

export function admissionPolicies(
  ports: PolicyPorts & { readonly converter: Pick<Converter, 'inVersion' | 'prepare'> },
): AdmissionPolicies {
  const cacheOf = (resource: string) =>
    ports.feed.cache(cachePrefix(assertDefined(findResource(GROUP, 'v1', resource), resource)));
  const set = followPolicies(
    cacheOf('validatingadmissionpolicies'),
    cacheOf('validatingadmissionpolicybindings'),
  );
  // What the API server itself writes is asked of nobody.
  const concerns = ({ resource: { group, resource }, request }: AdmissionAttributes): boolean =>
    set.policies.length > 0 &&
    request !== undefined &&
    !QUESTIONS.has(group) &&
    !(group === GROUP && EXEMPT.has(resource));
  return {
    validates: concerns,
    find: set.find,
    async validate(attributes) {
      if (!concerns(attributes)) return ADMITTED;
      const views = objectViews(ports.converter, attributes);
      return await validateByPolicies(ports, set.policies, attributes, views);
    },
  };
}
