import type { Blocker, WitnessEvent } from '../protocol/index.js';
import { plainMs } from './plain-ms.js';

/** What a replica saw or did, as the predicate of a sentence about it. */
export function eventText(event: WitnessEvent): string {
  switch (event.is) {
    case 'started':
      return event.fresh ? 'started for the first time' : 'started';
    case 'campaigned':
      return event.phase === 'pre-vote'
        ? `asks whether it would win term ${String(event.term)} (${event.reason})`
        : `asks for votes for term ${String(event.term)} (${event.reason})`;
    case 'answered':
      return `${event.granted ? 'says yes to' : 'refuses'} ${event.candidate}'s ${event.phase} for term ${String(event.term)} (${event.reason})`;
    case 'received':
      return `has the ${event.phase} of ${event.voter}: ${event.granted ? 'yes' : 'no'} (${event.reason})`;
    case 'leads':
      return `leads term ${String(event.term)}`;
    case 'follows':
      return `follows ${event.leader} in term ${String(event.term)}`;
    case 'lost-quorum':
      return `steps down: no majority answers the leader of term ${String(event.term)}`;
    case 'met-higher-term':
      return `${event.led ? 'steps down: ' : ''}meets term ${String(event.term)} in a ${event.message} of ${event.by}`;
    case 'saw-death':
      return `learns that life ${String(event.incarnation)} of ${event.of} is over${event.led ? ', its leader' : ''}`;
    case 'learned-exit':
      return `learns why ${event.of} ended: ${event.why}`;
    case 'saw-hang':
      return `is told by the host that ${event.of} does not answer`;
    case 'told-leaving':
      return `is told by ${event.of} that it leaves (${event.why})`;
    case 'blocked':
      return heldUp(event.by, plainMs(event.ms));
    case 'committed':
      return `commits the first entry of term ${String(event.term)} at ${String(event.index)}`;
    case 'first-write':
      return `acknowledges the first write of term ${String(event.term)}`;
  }
}

function heldUp(by: Blocker, time: string): string {
  switch (by) {
    case 'loop':
      return `stands still for ${time}: its event loop does not turn`;
    case 'disk':
      return `waits for its disk for ${time}`;
    case 'apply':
      return `applies entries for ${time}`;
  }
}
