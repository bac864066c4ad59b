import { timeout } from '../../../api/index.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import { ADMITTED } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import { callHook } from './call-hook.js';
import type { Hook } from './hooks.js';
import { invocationOf } from './invocation.js';
import { isLate, LATE, settle } from './mutate.js';
import type { DispatchPorts } from './mutate.js';
import type { ObjectViews } from './object-views.js';
import type { Subject } from './subject.js';

/** Asks all webhooks at once; the first in their order that says no is heard (apiserver, validatingDispatcher). */
export async function validate(
  ports: DispatchPorts,
  hooks: readonly Hook[],
  attributes: AdmissionAttributes,
  views: ObjectViews,
): Promise<Outcome<undefined>> {
  const asked: { readonly hook: Hook; readonly subject: Subject }[] = [];
  for (const hook of hooks) {
    const subject = await invocationOf(ports, hook, attributes, views);
    if (!subject.ok) return subject;
    if (subject.value === undefined) continue;
    // What all of them need is converted once, before they are asked.
    for (const view of [await views.object(subject.value), await views.old(subject.value)])
      if (!view.ok) return view;
    asked.push({ hook, subject: subject.value });
  }
  if (asked.length === 0) return ADMITTED;
  if (isLate(ports, attributes)) return refuse(timeout(LATE));
  const startMs = ports.clock.monotonicMs();
  const outcomes = await Promise.all(
    asked.map(async ({ hook, subject }) => {
      const result = await callHook(ports, hook, attributes, subject, views);
      return settle(ports, hook, attributes, result, startMs);
    }),
  );
  const refused = outcomes.find((each) => !each.ok);
  if (refused !== undefined) return refused;
  return isLate(ports, attributes) ? refuse(timeout(LATE)) : ADMITTED;
}
