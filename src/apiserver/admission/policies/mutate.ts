import { evaluateMutationConditions, internalError } from '../../../api/index.js';
import type { CompiledMutation } from '../../../api/index.js';
import { ok } from '../../../base/index.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import { copyJson, jsonEqual } from '../../registry/json-value.js';
import { decisions } from '../access-decisions.js';
import type { Decisions } from '../access-decisions.js';
import { ADMITTED } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import { beginRound, endRound, requireAll } from '../reinvocation.js';
import type { Rounds } from '../reinvocation.js';
import type { ObjectViews } from '../webhooks/object-views.js';
import { subjectOf } from '../webhooks/subject.js';
import type { Subject } from '../webhooks/subject.js';
import { namespaceOf, paramsFor, prepare, view } from './asked.js';
import type { Viewed } from './asked.js';
import { carryOut } from './carry-out.js';
import type { PolicyPorts } from './dispatch.js';
import type { Invocation, MutationWork } from './invocation.js';
import type { MutatingPolicy } from './policy-set.js';
import { newRefusals } from './refusals.js';
import type { Refusals } from './refusals.js';

/**
 * Lets one policy after another change the object (apiserver, mutating dispatcher). Which of them are about the write is told by
 * the object as it came; what they make of it by what those before them made.
 */
export async function mutateByPolicies(
  ports: PolicyPorts,
  policies: readonly MutatingPolicy[],
  attributes: AdmissionAttributes,
  views: ObjectViews,
  rounds: Rounds,
): Promise<Outcome<undefined>> {
  const refusals = newRefusals(attributes);
  const invocations = await invocationsOf(ports, policies, attributes, views, refusals);
  if (invocations.length > 0) {
    const namespace = await namespaceOf(ports, subjectOf(attributes));
    if (!namespace.ok) return namespace;
    const work = { ports, attributes, views, refusals, namespace: namespace.value };
    const done = await invokeAll(work, invocations, rounds);
    if (!done.ok) return done;
  }
  return refusals.outcome();
}

async function invocationsOf(
  ports: PolicyPorts,
  policies: readonly MutatingPolicy[],
  attributes: AdmissionAttributes,
  views: ObjectViews,
  refusals: Refusals,
): Promise<readonly Invocation[]> {
  const own = subjectOf(attributes);
  const found: Invocation[] = [];
  for (const policy of policies) {
    const asked = await prepare(ports, policy, attributes, own);
    if (!asked.ok) refusals.misconfigured(policy, undefined, asked.error);
    if (!asked.ok || asked.value === undefined) continue;
    const { subject } = asked.value;
    for (const binding of policy.bindings) {
      const params = await paramsFor(ports, asked.value, binding, attributes);
      if (!params.ok) {
        refusals.misconfigured(policy, binding, params.error);
        continue;
      }
      if (params.value.length === 0) continue;
      const viewed = await view(subject, attributes, views);
      if (viewed.ok)
        found.push(...params.value.map((each) => ({ policy, binding, subject, params: each })));
      else refusals.misconfigured(policy, undefined, viewed.error.message ?? '');
    }
  }
  return found;
}

async function invokeAll(
  work: MutationWork,
  invocations: readonly Invocation[],
  rounds: Rounds,
): Promise<Outcome<undefined>> {
  const { attributes, ports } = work;
  const { policies: reinvocation } = rounds;
  const decided = decisions(ports.authorizer, attributes.user);
  const changed = (): void => {
    requireAll(reinvocation);
    rounds.changed = true;
  };
  beginRound(rounds, reinvocation, attributes.object);
  let isPatched = false;
  for (const invocation of invocations) {
    const wanted = await isWanted(work, invocation, decided);
    if (!wanted.ok) return wanted;
    const key = keyOf(invocation);
    if (!wanted.value || (rounds.isSecond && !reinvocation.due.has(key))) continue;
    const before = copyJson(attributes.object);
    const { mutations, reinvokes } = invocation.policy.compiled();
    for (const mutation of mutations) {
      const done = await mutate(work, invocation, mutation, decided);
      if (!done.ok) return done;
      if (done.value) isPatched = true;
    }
    if (!jsonEqual(before, attributes.object)) changed();
    if (reinvokes) reinvocation.invoked.add(key);
  }
  // As Kubernetes 1.36 does it: who was asked last is asked once more, too, even where nothing came of it.
  if (isPatched) changed();
  endRound(reinvocation, attributes.object);
  return ADMITTED;
}

/** Match conditions see the object as the invocations before left it. */
async function isWanted(
  work: MutationWork,
  { policy, binding, subject, params }: Invocation,
  decided: Decisions,
): Promise<Outcome<boolean>> {
  const viewed = await currentView(work, subject);
  if (!viewed.ok) return viewed;
  const outcome = await decided.evaluate((decide) =>
    evaluateMutationConditions(policy.compiled(), { ...viewed.value, params, decide }),
  );
  if (outcome.type === 'failed') work.refusals.refused(policy, binding, outcome.message);
  return ok(outcome.type === 'matched');
}

async function currentView(
  { attributes, views }: MutationWork,
  subject: Subject,
): Promise<Outcome<Viewed>> {
  const viewed = await view(subject, attributes, views);
  return viewed.ok ? viewed : refuse(internalError(viewed.error.message ?? ''));
}

/** Whether a mutation was carried out; one that could not be does not keep the next one from it. */
async function mutate(
  work: MutationWork,
  invocation: Invocation,
  mutation: CompiledMutation,
  decided: Decisions,
): Promise<Outcome<boolean>> {
  if (work.attributes.object === undefined) return ok(false);
  const { policy, binding, subject } = invocation;
  const { policyMetrics } = work.ports;
  const viewed = await currentView(work, subject);
  if (!viewed.ok) return viewed;
  const done = await carryOut(work, invocation, mutation, viewed.value, decided);
  switch (done.type) {
    case 'done':
      policyMetrics.mutated(policy.name, binding.name, 'no_error');
      return ok(true);
    case 'failed':
      policyMetrics.mutated(policy.name, binding.name, done.errorType);
      work.refusals.refused(policy, binding, done.message);
      return ok(false);
    case 'refused':
      policyMetrics.mutated(policy.name, binding.name, 'invalid_error');
      return refuse(done.status);
  }
}

function keyOf({ policy, binding, params }: Invocation): string {
  const { namespace = '', name = '' } = params?.metadata ?? {};
  return `${policy.name}/${binding.name}/${namespace}/${name}`;
}
