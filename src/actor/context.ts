import type { ActorId, Clock, Crypto, Log, Random } from '../base/index.js';
import type { AskTable } from './ask-table.js';
import type { ActorContext, ActorRef, AskResult, Peer } from './behaviour.js';
import type { Fates } from './fates.js';
import type { Monitors } from './monitors.js';
import type { Protocol } from './protocol.js';
import type { StreamConsumers } from './stream-consumers.js';
import type { Tracer } from './tracer.js';

export interface ContextParts {
  readonly self: Peer;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly tracer: Tracer;
  readonly asks: AskTable;
  readonly consumers: StreamConsumers;
  readonly monitors: Monitors;
  readonly fates: Fates;
  peer(id: ActorId): Peer | undefined;
  tell(to: ActorRef<Protocol>, operation: string, message: unknown): boolean;
  drained(id: ActorId): Promise<void>;
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
    tracing: parts.tracer,
    ref: (id, options) => ({ id, ...options }),
    peer: (ref) => parts.peer(ref.id),
    tell: (to, operation, message) => parts.tell(to, operation, message),
    drained: (ref) => parts.drained(ref.id),
    flush: () => {
      parts.flush();
    },
    ask: (to, operation, request, options) =>
      asks.ask(to.id, operation, request, options) as Promise<AskResult<never>>,
    openStream: (to, operation, request, handlers, options) =>
      consumers.open(to.id, operation, request, handlers, options ?? {}),
    monitor: (ref, onDown) => parts.monitors.watch(ref.id, onDown),
    link: (ref) => parts.fates.link(ref.id),
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
