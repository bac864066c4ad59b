import type { Witness, WitnessEvent } from '../protocol/index.js';

export type EventOf<K extends WitnessEvent['is']> = Extract<WitnessEvent, { readonly is: K }>;

/** The events of one kind of all these witnesses, in order of time. */
export function eventsOf<K extends WitnessEvent['is']>(
  witnesses: readonly Witness[],
  kind: K,
): EventOf<K>[] {
  const found: EventOf<K>[] = [];
  for (const { events } of witnesses)
    for (const event of events) if (isOf(event, kind)) found.push(event);
  return found.sort((a, b) => a.atMs - b.atMs);
}

function isOf<K extends WitnessEvent['is']>(event: WitnessEvent, kind: K): event is EventOf<K> {
  return event.is === kind;
}
