import type { KubernetesObject } from '../../../api/index.js';
import type { AdmissionAttributes } from '../admission.js';
import type { ObjectViews } from '../webhooks/object-views.js';
import type { Subject } from '../webhooks/subject.js';
import type { PolicyPorts } from './dispatch.js';
import type { Binding, MutatingPolicy } from './policy-set.js';
import type { Refusals } from './refusals.js';

/** A policy that is about a write, by one of its bindings, with one of that one's parameters. */
export interface Invocation {
  readonly policy: MutatingPolicy;
  readonly binding: Binding;
  /** As the policy wants it. */
  readonly subject: Subject;
  readonly params: KubernetesObject | undefined;
}

/** What all invocations about one write have in common. */
export interface MutationWork {
  readonly ports: PolicyPorts;
  readonly attributes: AdmissionAttributes;
  readonly views: ObjectViews;
  readonly refusals: Refusals;
  readonly namespace: KubernetesObject | undefined;
}
