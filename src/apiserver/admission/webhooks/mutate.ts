import {
  applyJsonPatch,
  decodeBase64,
  goQuote,
  internalError,
  timeout,
} from '../../../api/index.js';
import type { AdmissionAnswer } from '../../../api/index.js';
import { ok } from '../../../base/index.js';
import type { Result } from '../../../base/index.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import { copyJson, jsonEqual } from '../../registry/json-value.js';
import { ADMITTED } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import { beginRound, endRound, requireAll } from '../reinvocation.js';
import type { Rounds } from '../reinvocation.js';
import { callHook, failure } from './call-hook.js';
import type { CallPorts, HookResult } from './call-hook.js';
import type { Hook } from './hooks.js';
import { invocationOf } from './invocation.js';
import type { InvocationPorts } from './invocation.js';
import type { ObjectViews } from './object-views.js';
import type { Subject } from './subject.js';

export type DispatchPorts = CallPorts & InvocationPorts;

export const LATE = 'request did not complete within requested timeout';

/** Asks one webhook after another, each about what those before it made of the object (apiserver, mutatingDispatcher). */
export async function mutate(
  ports: DispatchPorts,
  hooks: readonly Hook[],
  attributes: AdmissionAttributes,
  views: ObjectViews,
  rounds: Rounds,
): Promise<Outcome<undefined>> {
  const { webhooks: reinvocation } = rounds;
  beginRound(rounds, reinvocation, attributes.object);
  for (const hook of hooks) {
    if (rounds.isSecond && !reinvocation.due.has(hook.id)) continue;
    const subject = await invocationOf(ports, hook, attributes, views);
    if (!subject.ok) return subject;
    if (subject.value === undefined) continue;
    const done = await ask(ports, hook, attributes, subject.value, views);
    if (done.changed) {
      requireAll(reinvocation);
      rounds.changed = true;
    }
    if (hook.spec.reinvocationPolicy === 'IfNeeded') reinvocation.invoked.add(hook.id);
    if (!done.outcome.ok) return done.outcome;
    if (isLate(ports, attributes)) return refuse(timeout(LATE));
  }
  endRound(reinvocation, attributes.object);
  return ADMITTED;
}

export function isLate(ports: DispatchPorts, { request }: AdmissionAttributes): boolean {
  return ports.clock.monotonicMs() >= (request?.notes.deadlineMs ?? Infinity);
}

interface Asked {
  readonly outcome: Outcome<undefined>;
  readonly changed: boolean;
}

async function ask(
  ports: DispatchPorts,
  hook: Hook,
  attributes: AdmissionAttributes,
  subject: Subject,
  views: ObjectViews,
): Promise<Asked> {
  const startMs = ports.clock.monotonicMs();
  const called = await callHook(ports, hook, attributes, subject, views);
  const applied =
    called.type === 'allowed'
      ? await applyAnswer(hook, attributes, called.answer, subject, views)
      : { result: called, changed: false };
  const outcome = settle(ports, hook, attributes, applied.result, startMs);
  return { outcome, changed: applied.changed };
}

/** What a call's end means for the write; counted and logged. */
export function settle(
  { clock, metrics, log }: DispatchPorts,
  hook: Hook,
  { operation }: AdmissionAttributes,
  result: HookResult,
  startMs: number,
): Outcome<undefined> {
  metrics.called(hook, operation, result, clock.monotonicMs() - startMs);
  switch (result.type) {
    case 'allowed':
      return ADMITTED;
    case 'denied':
    case 'refused':
      return refuse(result.status);
    case 'failed': {
      const how = hook.failsOpen ? 'failing open' : 'failing closed';
      log.warn(`Failed calling webhook, ${how}`, { webhook: hook.name, error: result.message });
      return hook.failsOpen ? ADMITTED : refuse(internalError(result.message));
    }
  }
}

interface Applied {
  readonly result: HookResult;
  readonly changed: boolean;
}

async function applyAnswer(
  hook: Hook,
  { object }: AdmissionAttributes,
  answer: AdmissionAnswer,
  subject: Subject,
  views: ObjectViews,
): Promise<Applied> {
  const unchanged = (result: HookResult): Applied => ({ result, changed: false });
  const allowed: HookResult = { type: 'allowed', answer };
  if (answer.patch === '') return unchanged(allowed);
  const operations = readPatch(answer.patch);
  if (!operations.ok) {
    const reason = `received undecodable patch in webhook response: ${operations.error}`;
    return unchanged(failure(hook, reason));
  }
  if (operations.value.length === 0) return unchanged(allowed);
  const refused = (reason: string): Applied =>
    unchanged({ type: 'refused', status: internalError(reason) });
  if (object === undefined)
    return refused(
      `admission webhook ${goQuote(hook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  if (answer.patchType !== 'JSONPatch')
    return unchanged(failure(hook, `unsupported patch type ${goQuote(answer.patchType)}`, 400));
  const view = await views.object(subject);
  if (!view.ok) return unchanged({ type: 'refused', status: view.error });
  const patched = applyJsonPatch(view.value ?? {}, operations.value);
  if (!patched.ok) return refused(patched.error.message);
  const before = copyJson(object);
  const replaced = await views.replace(subject, patched.value);
  if (!replaced.ok) return unchanged({ type: 'refused', status: replaced.error });
  return { result: allowed, changed: !jsonEqual(before, object) };
}

/** JSON in base64. */
function readPatch(text: string): Result<readonly unknown[], string> {
  const decoded = decodeBase64(text);
  if (!('bytes' in decoded)) return { ok: false, error: 'illegal base64 data' };
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(decoded.bytes));
    if (value === null) return ok([]);
    if (Array.isArray(value)) return ok(value as unknown[]);
  } catch (reason) {
    const { message } = reason instanceof Error ? reason : new Error(String(reason));
    return { ok: false, error: message };
  }
  return { ok: false, error: 'json: cannot unmarshal into Go value of type jsonpatch.Patch' };
}
