import { type ActorId, type Clock, failed, ok } from '../base/index.js';
import { ActorError } from './actor-error.js';
import { Deadlines, Expiring } from './ask-deadlines.js';
import type { AskFailure, AskOptions, AskResult } from './behaviour.js';
import type { LinkLimits } from './host.js';
import type { Link } from './link.js';

class PendingAsk extends Expiring {
  readonly id: number;
  readonly to: ActorId;
  readonly operation: string;
  readonly request: unknown;
  readonly trace: string | undefined;
  readonly waits: boolean;
  readonly resolve: (result: AskResult<unknown>) => void;
  readonly #table: AskTable;
  /** Where it was sent, or stands ready to be; undefined while it waits for the actor to come up. */
  link: Link | undefined = undefined;
  /** The number of the frame of that link with which it leaves. */
  frame = 0;

  constructor(
    table: AskTable,
    id: number,
    to: ActorId,
    operation: string,
    request: unknown,
    deadlineMs: number,
    trace: string | undefined,
    waits: boolean,
    resolve: (result: AskResult<unknown>) => void,
  ) {
    super(deadlineMs);
    this.#table = table;
    this.id = id;
    this.to = to;
    this.operation = operation;
    this.request = request;
    this.trace = trace;
    this.waits = waits;
    this.resolve = resolve;
  }

  expire(): void {
    this.#table.giveUp(this, 'timeout');
  }
}

export interface AskTablePorts {
  readonly clock: Clock;
  readonly limits: LinkLimits;
  linkTo(id: ActorId): Link | undefined;
  /** Why no ask to that actor can ever be answered. */
  misuseOf(id: ActorId): 'ask-to-self' | 'not-linked' | undefined;
  /** What travels with an ask of which its caller says this. */
  trace(wanted: string | null | undefined): string | undefined;
  /** Something was pushed to a link. */
  touch(): void;
  /** An answer came when nobody waited for it any more. */
  late(from: ActorId): void;
}

/** The asks of this actor that wait for an answer. Each ends exactly once. */
export class AskTable {
  readonly #ports: AskTablePorts;
  readonly #pending = new Map<number, PendingAsk>();
  readonly #countOf = new Map<ActorId, number>();
  readonly #deadlines: Deadlines;
  #nextId = 1;

  constructor(ports: AskTablePorts) {
    this.#ports = ports;
    this.#deadlines = new Deadlines(ports.clock);
  }

  get size(): number {
    return this.#pending.size;
  }

  ask(
    to: ActorId,
    operation: string,
    request: unknown,
    options: AskOptions,
  ): Promise<AskResult<unknown>> {
    return new Promise((resolve) => {
      this.#begin(to, operation, request, options, resolve);
    });
  }

  #begin(
    to: ActorId,
    operation: string,
    request: unknown,
    { timeoutMs, traceId, whenDown, onCancelable }: AskOptions,
    resolve: (result: AskResult<unknown>) => void,
  ): void {
    const { clock, limits } = this.#ports;
    const misuse = this.#ports.misuseOf(to);
    if (misuse !== undefined) {
      resolve(failed({ code: misuse, handedOver: false }));
      return;
    }
    const count = this.#countOf.get(to) ?? 0;
    if (count >= limits.asksMax) {
      resolve(failed({ code: 'overloaded', handedOver: false }));
      return;
    }
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    const trace = this.#ports.trace(traceId);
    const waits = whenDown === 'wait';
    const id = this.#nextId++;
    const ask = new PendingAsk(this, id, to, operation, request, deadlineMs, trace, waits, resolve);
    this.#pending.set(id, ask);
    this.#countOf.set(to, count + 1);
    this.#deadlines.add(ask, timeoutMs);
    if (onCancelable !== undefined) this.#offerCancel(ask, onCancelable);
    this.#tryToSend(ask);
  }

  #offerCancel(ask: PendingAsk, onCancelable: (cancel: () => void) => void): void {
    onCancelable(() => {
      if (this.#pending.has(ask.id)) this.giveUp(ask, 'canceled');
    });
  }

  peerUp(link: Link): void {
    for (const ask of this.#pending.values()) {
      if (ask.to === link.peer.id && ask.link === undefined) this.#tryToSend(ask);
    }
  }

  peerDown(link: Link): void {
    for (const ask of this.#pending.values()) {
      if (ask.link !== link) continue;
      const handedOver = link.hasLeft(ask.frame);
      ask.link = undefined;
      if (handedOver || !ask.waits) this.#end(ask, failed({ code: 'actor-down', handedOver }));
    }
  }

  replied(link: Link, id: number, reply: unknown): void {
    this.#answered(link, id, ok(reply));
  }

  unknownOperation(link: Link, id: number): void {
    this.#answered(link, id, failed({ code: 'unknown-operation', handedOver: false }));
  }

  /** Answers of asks that ended before are dropped: their callee had not seen the cancellation yet. */
  #answered(link: Link, id: number, result: AskResult<unknown>): void {
    const ask = this.#pending.get(id);
    if (ask?.link === link) this.#end(ask, result);
    else this.#ports.late(link.peer.id);
  }

  #tryToSend(ask: PendingAsk): void {
    const link = this.#ports.linkTo(ask.to);
    if (link === undefined) {
      if (!ask.waits) this.#fail(ask, 'actor-down');
      return;
    }
    const { id, operation, request, deadlineMs, trace } = ask;
    const frame = link.nextFrame;
    try {
      if (link.pushCounted({ type: 'ask', id, operation, request, deadlineMs, trace })) {
        ask.link = link;
        ask.frame = frame;
        this.#ports.touch();
        return;
      }
    } catch (error) {
      if (!(error instanceof ActorError)) throw error;
      this.#fail(ask, error.code);
      return;
    }
    this.#fail(ask, 'overloaded');
  }

  /** For the asks themselves. */
  giveUp(ask: PendingAsk, code: 'timeout' | 'canceled'): void {
    let handedOver = false;
    const { link, frame } = ask;
    if (link !== undefined) {
      handedOver = link.hasLeft(frame);
      // In one frame with its ask the cancellation is read first, and the ask is dropped.
      link.pushSystem({ type: 'cancel', id: ask.id });
      this.#ports.touch();
    }
    this.#end(ask, failed({ code, handedOver }));
  }

  #fail(ask: PendingAsk, code: AskFailure['code']): void {
    this.#end(ask, failed({ code, handedOver: false }));
  }

  #end(ask: PendingAsk, result: AskResult<unknown>): void {
    this.#deadlines.remove(ask);
    this.#pending.delete(ask.id);
    const count = (this.#countOf.get(ask.to) ?? 1) - 1;
    if (count === 0) this.#countOf.delete(ask.to);
    else this.#countOf.set(ask.to, count);
    ask.resolve(result);
  }
}
