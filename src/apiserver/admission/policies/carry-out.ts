import { applyJsonPatch, evaluateMutation, mergeUntracked } from '../../../api/index.js';
import type {
  CompiledMutation,
  KubernetesObject,
  MutationPatch,
  Status,
} from '../../../api/index.js';
import { failed } from '../../../base/index.js';
import type { Result } from '../../../base/index.js';
import type { MutationErrorType } from '../../policy-metrics.js';
import { kindShape } from '../../registry/kind-shape.js';
import type { Decisions } from '../access-decisions.js';
import { expectedKind } from '../webhooks/object-views.js';
import type { Subject } from '../webhooks/subject.js';
import type { Viewed } from './asked.js';
import type { Invocation, MutationWork } from './invocation.js';

/**
 * `failed`: it is the failurePolicy that then decides. `refused`: it does not, as the object that came of it cannot be read.
 */
export type Carried =
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string; readonly errorType: MutationErrorType }
  | { readonly type: 'refused'; readonly status: Status };

/** Evaluates a mutation, and makes the object what it says (apiserver, patch.Patcher). */
export async function carryOut(
  { views, namespace }: MutationWork,
  { policy, subject, params }: Invocation,
  mutation: CompiledMutation,
  viewed: Viewed,
  decided: Decisions,
): Promise<Carried> {
  const { object = {} } = viewed;
  const patch = await decided.evaluate((decide) =>
    evaluateMutation(policy.compiled(), mutation, { ...viewed, params, namespace, decide }),
  );
  if (!patch.ok) return failure(patch.error);
  if (patch.value.type === 'configuration') {
    const merged = merge(subject, object, patch.value.config);
    if (!merged.ok) return failure(`error applying patch: ${merged.error}`);
    const replaced = await views.replace(subject, merged.value);
    return replaced.ok ? { type: 'done' } : failure(replaced.error.message ?? '');
  }
  const patched = applyJsonPatch(object, patch.value.operations);
  if (patched.ok) {
    const replaced = await views.replace(subject, patched.value, 'Strict');
    return replaced.ok ? { type: 'done' } : { type: 'refused', status: replaced.error };
  }
  // An object that is not as a test wants it stays as it is.
  return patched.error.code === 'test-failed'
    ? { type: 'done' }
    : failure(`JSON Patch: ${patched.error.message}`);
}

type Config = Extract<MutationPatch, { type: 'configuration' }>['config'];

function merge(
  subject: Subject,
  object: KubernetesObject,
  config: Config,
): Result<KubernetesObject, string> {
  const expected = expectedKind(subject);
  if (expected !== undefined) return mergeUntracked(object, config, kindShape(expected).shape);
  const { group, version, kind } = subject.kind;
  const text = `no corresponding type for ${group}/${version}, Kind=${kind}`;
  return failed(`failed to convert patch object to typed object: ${text}`);
}

function failure(message: string): Carried {
  return { type: 'failed', message, errorType: errorType(message) };
}

function errorType(message: string): MutationErrorType {
  if (message.startsWith('compilation')) return 'compile_error';
  return message.startsWith('validation failed due to running out of cost budget')
    ? 'out_of_budget'
    : 'invalid_error';
}
