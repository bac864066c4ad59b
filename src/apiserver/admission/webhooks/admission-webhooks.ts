import { findResource } from '../../../api/index.js';
import { assertDefined } from '../../../base/index.js';
import type { Converter } from '../../custom/converter.js';
import type { Outcome } from '../../outcome.js';
import { cachePrefix } from '../../registry/object-key.js';
import { ADMITTED } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import type { Rounds } from '../reinvocation.js';
import { followHooks } from './hooks.js';
import type { HookSet } from './hooks.js';
import { mutate } from './mutate.js';
import type { DispatchPorts } from './mutate.js';
import { objectViews } from './object-views.js';
import { validate } from './validate.js';

/** MutatingAdmissionWebhook and ValidatingAdmissionWebhook: what people's own servers say of a write. */
export interface AdmissionWebhooks {
  /** Whether any webhook is configured: nothing of this costs anything before. */
  readonly configured: boolean;
  mutates(attributes: AdmissionAttributes): boolean;
  validates(attributes: AdmissionAttributes): boolean;
  /** May change the object. */
  mutate(attributes: AdmissionAttributes, rounds: Rounds): Promise<Outcome<undefined>>;
  validate(attributes: AdmissionAttributes): Promise<Outcome<undefined>>;
}

const GROUP = 'admissionregistration.k8s.io';

/** Who could change or keep these could keep anybody from ever repairing a webhook. */
const EXEMPT: ReadonlySet<string> = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
]);

export function admissionWebhooks(
  ports: DispatchPorts & { readonly converter: Pick<Converter, 'inVersion'> },
): AdmissionWebhooks {
  const follow = (type: 'admit' | 'validating', resource: string): HookSet => {
    const row = assertDefined(findResource(GROUP, 'v1', resource), resource);
    return followHooks(type, ports.feed.cache(cachePrefix(row)));
  };
  const mutating = follow('admit', 'mutatingwebhookconfigurations');
  const validating = follow('validating', 'validatingwebhookconfigurations');
  // What the API server itself writes is asked of nobody.
  const concerns = ({ hooks }: HookSet, { resource, request }: AdmissionAttributes): boolean =>
    hooks.length > 0 &&
    request !== undefined &&
    !(resource.group === GROUP && EXEMPT.has(resource.resource));
  return {
    get configured() {
      return mutating.hooks.length > 0 || validating.hooks.length > 0;
    },
    mutates: (attributes) => concerns(mutating, attributes),
    validates: (attributes) => concerns(validating, attributes),
    async mutate(attributes, rounds) {
      if (!concerns(mutating, attributes)) return ADMITTED;
      const views = objectViews(ports.converter, attributes);
      return await mutate(ports, mutating.hooks, attributes, views, rounds);
    },
    async validate(attributes) {
      if (!concerns(validating, attributes)) return ADMITTED;
      const views = objectViews(ports.converter, attributes);
      return await validate(ports, validating.hooks, attributes, views);
    },
  };
}
