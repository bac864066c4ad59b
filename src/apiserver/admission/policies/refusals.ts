import { goQuote, mutationDenialStatus } from '../../../api/index.js';
import type { StatusReason } from '../../../api/index.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import { ADMITTED, nameOf } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import type { Binding, BoundPolicy } from './policy-set.js';

/** What went wrong with the policies that were to change a write (apiserver, generic.PolicyError). */
export interface Refusals {
  /** A policy or binding that cannot be asked. */
  misconfigured(policy: BoundPolicy, binding: Binding | undefined, reason: string): void;
  refused(policy: BoundPolicy, binding: Binding, message: string): void;
  /** All is told; the first is the answer. */
  outcome(): Outcome<undefined>;
}

/** What goes wrong refuses the write, unless the policy's failurePolicy says otherwise. */
export function newRefusals(attributes: AdmissionAttributes): Refusals {
  const messages: string[] = [];
  let reason: StatusReason | undefined;
  const note = (
    policy: BoundPolicy,
    binding: Binding | undefined,
    text: string,
    because: StatusReason,
  ): void => {
    if (policy.failsOpen) return;
    const who =
      binding === undefined
        ? `policy ${goQuote(policy.name)}`
        : `policy '${policy.name}' with binding '${binding.name}'`;
    messages.push(`${who} denied request: ${text}`);
    reason ??= because;
  };
  return {
    misconfigured(policy, binding, text) {
      const what = binding === undefined ? 'policy' : 'binding';
      note(policy, binding, `failed to configure ${what}: ${text}`, 'Forbidden');
    },
    refused(policy, binding, message) {
      note(policy, binding, message, 'Invalid');
    },
    outcome() {
      if (reason === undefined) return ADMITTED;
      const { resource } = attributes;
      return refuse(mutationDenialStatus(resource, nameOf(attributes), messages, reason));
    },
  };
}
