import { compileMutations, compilePolicy, findResource } from '../../../api/index.js';
import { assertDefined } from '../../../base/index.js';
import type { Converter } from '../../custom/converter.js';
import type { Outcome } from '../../outcome.js';
import { cachePrefix } from '../../registry/object-key.js';
import { ADMITTED } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import type { Rounds } from '../reinvocation.js';
import { objectViews } from '../webhooks/object-views.js';
import { validateByPolicies } from './dispatch.js';
import type { PolicyPorts } from './dispatch.js';
import { mutateByPolicies } from './mutate.js';
import { followPolicies } from './policy-set.js';
import type { BoundPolicy, PolicySet } from './policy-set.js';

/** ValidatingAdmissionPolicy and MutatingAdmissionPolicy: what rules in CEL say of a write, and make of it. */
export interface AdmissionPolicies {
  /** Whether any policy that may change an object is bound. */
  readonly mutating: boolean;
  /** Nothing of this costs anything before a policy is bound. */
  mutates(attributes: AdmissionAttributes): boolean;
  validates(attributes: AdmissionAttributes): boolean;
  /** Bound or not. */
  readonly find: (kind: 'validating' | 'mutating', name: string) => BoundPolicy | undefined;
  /** May change the object. */
  mutate(attributes: AdmissionAttributes, rounds: Rounds): Promise<Outcome<undefined>>;
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
  const validating = followPolicies(
    cacheOf('validatingadmissionpolicies'),
    cacheOf('validatingadmissionpolicybindings'),
    compilePolicy,
  );
  const mutating = followPolicies(
    cacheOf('mutatingadmissionpolicies'),
    cacheOf('mutatingadmissionpolicybindings'),
    compileMutations,
  );
  // What the API server itself writes is asked of nobody.
  const concerns = (
    { policies }: PolicySet<unknown>,
    { resource: { group, resource }, request }: AdmissionAttributes,
  ): boolean =>
    policies.length > 0 &&
    request !== undefined &&
    !QUESTIONS.has(group) &&
    !(group === GROUP && EXEMPT.has(resource));
  // What is deleted is not changed first.
  const mutates = (attributes: AdmissionAttributes): boolean =>
    attributes.operation !== 'DELETE' && concerns(mutating, attributes);
  return {
    get mutating() {
      return mutating.policies.length > 0;
    },
    mutates,
    validates: (attributes) => concerns(validating, attributes),
    find: (kind, name) => (kind === 'mutating' ? mutating : validating).find(name),
    async mutate(attributes, rounds) {
      if (!mutates(attributes)) return ADMITTED;
      const views = objectViews(ports.converter, attributes);
      return await mutateByPolicies(ports, mutating.policies, attributes, views, rounds);
    },
    async validate(attributes) {
      if (!concerns(validating, attributes)) return ADMITTED;
      const views = objectViews(ports.converter, attributes);
      return await validateByPolicies(ports, validating.policies, attributes, views);
    },
  };
}
