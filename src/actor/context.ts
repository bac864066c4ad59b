import type { ActorId, Clock, Crypto, Log, Random } from '../base/index.js';
import type { AskTable } from './ask-table.js';
import type { ActorContext, AskResult, Peer } from './behaviour.js';
import type { Link } from './link.js';
import type { StreamConsumers } from './stream-consumers.js';

export interface ContextParts {
  readonly self: Peer;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly asks: AskTable;
  readonly consumers: StreamConsumers;
  linkTo(id: ActorId): Link | undefined;
  touch(): void;
  flush(): void;
  crash(error: Error): void;
}

/** What a behaviour sees of its host. Types of operations are checked where it is called; here they are data. */
export function createContext(parts: ContextParts): ActorContext {
  const { self, clock, random, crypto, log, asks, consumers } = parts;
  return {
    self,
    clock,
    random,
    crypto,
    log,
    ref: (id) => ({ id }),
    peer: (ref) => parts.linkTo(ref.id)?.peer,
    tell(to, operation, message) {
      const link = parts.linkTo(to.id);
      if (link === undefined) return false;
      parts.touch();
      return link.pushCounted({ type: 'tell', operation, message });
    },
    flush: () => {
      parts.flush();
    },
    ask: (to, operation, request, options) =>
      asks.ask(to.id, operation, request, options) as Promise<AskResult<never>>,
    openStream: (to, operation, request, handlers, options) =>
      consumers.open(to.id, operation, request, handlers, options ?? {}),
    sleep: (delayMs) =>
      new Promise((resolve) => {
        clock.after(delayMs, resolve);
      }),
    crash(reason) {
      parts.crash(reason);
      throw reason;
    },
  };
}
