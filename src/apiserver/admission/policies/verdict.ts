import type { PolicyResult } from '../../../api/index.js';
import type { Log } from '../../../base/index.js';
import type { EnforcementAction, PolicyMetrics } from '../../policy-metrics.js';
import type { AdmissionAttributes } from '../admission.js';
import type { Binding, BoundPolicy } from './policy-set.js';

/** What the policies said of one write. */
export interface Verdict {
  add(policy: BoundPolicy, binding: Binding, result: PolicyResult): void;
  /** A policy or binding that cannot be asked denies, unless its failurePolicy says otherwise. */
  misconfigured(policy: BoundPolicy, binding: Binding | undefined, reason: string): void;
  /** Notes what the audit annotations of a policy came to, when all of its bindings were asked. */
  annotate(policy: BoundPolicy): void;
  first(): Denial | undefined;
}

export interface Denial {
  readonly message: string;
  readonly reason: string;
}

const ANNOTATION_BYTES_MAX = 10 * 1024;
const FAILURE_ANNOTATION = 'validation.policy.admission.k8s.io/validation_failure';

/** Without an audit log, what Kubernetes puts there stands in the API server's. */
export function newVerdict(
  ports: { readonly policyMetrics: PolicyMetrics; readonly log: Log },
  { request }: AdmissionAttributes,
): Verdict {
  const { policyMetrics, log } = ports;
  let first: Denial | undefined;
  let annotations = new Map<string, Set<string>>();

  const deny = (
    policy: BoundPolicy,
    binding: Binding | undefined,
    text: string,
    reason = '',
  ): void => {
    const within = binding === undefined ? '' : ` with binding '${binding.name}'`;
    const message = `ValidatingAdmissionPolicy '${policy.name}'${within} denied request: ${text}`;
    first ??= { message, reason };
  };

  function act(
    policy: BoundPolicy,
    binding: Binding,
    { index, message, reason, errorType }: PolicyResult['denials'][number],
  ): void {
    for (const action of binding.actions) {
      const enforced = ENFORCED[action];
      if (enforced === undefined) continue;
      policyMetrics.checked(policy.name, binding.name, errorType, enforced);
      if (enforced === 'deny') deny(policy, binding, message, reason);
      else if (enforced === 'warn')
        request?.notes.warnings.push(
          `Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}': ${message}`,
        );
      else {
        const failure = {
          message,
          policy: policy.name,
          binding: binding.name,
          expressionIndex: index,
          validationActions: binding.actions,
        };
        log.info('a policy annotates a request', { [FAILURE_ANNOTATION]: [failure] });
      }
    }
  }

  return {
    add(policy, binding, result) {
      for (const denial of result.denials) act(policy, binding, denial);
      for (const annotation of result.annotations) {
        if (annotation.type === 'note') {
          const values = annotations.get(annotation.key) ?? new Set();
          annotations.set(annotation.key, values.add(shortened(annotation.value)));
        } else {
          policyMetrics.checked(policy.name, binding.name, 'invalid_error', 'deny');
          deny(policy, binding, annotation.message);
        }
      }
    },
    misconfigured(policy, binding, reason) {
      if (policy.failsOpen) return;
      const what = binding === undefined ? 'policy' : 'binding';
      deny(policy, binding, `failed to configure ${what}: ${reason}`);
    },
    annotate({ name }) {
      if (annotations.size === 0) return;
      const noted: Record<string, string> = {};
      for (const [key, values] of annotations) noted[`${name}/${key}`] = [...values].join(', ');
      log.info('a policy annotates a request', noted);
      annotations = new Map();
    },
    first: () => first,
  };
}

const ENFORCED: Readonly<Record<string, EnforcementAction>> = {
  Deny: 'deny',
  Warn: 'warn',
  Audit: 'audit',
};

function shortened(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= ANNOTATION_BYTES_MAX
    ? text
    : new TextDecoder().decode(bytes.subarray(0, ANNOTATION_BYTES_MAX));
}
