import { assert, type Clock } from '../base/index.js';
import type { AskCall, OpenSpan } from './behaviour.js';
import type { AskEnvelope } from './envelope.js';
import type { Link } from './link.js';
import { outcomeOf } from './trace.js';

interface OpenCall {
  readonly call: AskCall<unknown, unknown>;
  canceled: boolean;
  readonly onCancel: (() => void)[];
  readonly span: OpenSpan | undefined;
}

export interface CallTablePorts {
  readonly clock: Clock;
  touch(): void;
}

/** The asks of one peer that this actor has not answered yet. */
export class CallTable {
  readonly #ports: CallTablePorts;
  readonly #link: Link;
  readonly #open = new Map<number, OpenCall>();
  /** Arrived, and not handled yet. */
  readonly #waiting = new Set<number>();

  constructor(ports: CallTablePorts, link: Link) {
    this.#ports = ports;
    this.#link = link;
  }

  get size(): number {
    return this.#open.size;
  }

  arrived(id: number): void {
    this.#waiting.add(id);
  }

  /** Its turn has come. False: it was canceled meanwhile, and is to be dropped. */
  take(id: number): boolean {
    return this.#waiting.delete(id);
  }

  /** The call to hand to the behaviour; undefined where its deadline has passed, so that nobody waits for it. */
  begin(ask: AskEnvelope, span?: OpenSpan): AskCall<unknown, unknown> | undefined {
    if (this.#ports.clock.monotonicMs() >= ask.deadlineMs) return undefined;
    const onCancel: (() => void)[] = [];
    let replied = false;
    const call: AskCall<unknown, unknown> = {
      from: this.#link.peer,
      request: ask.request,
      traceId: span?.traceId,
      deadlineMs: ask.deadlineMs,
      reply: (reply) => {
        assert(!replied, `${ask.operation} was answered twice`);
        if (this.#open.has(ask.id)) {
          this.#link.push({ type: 'reply', id: ask.id, reply });
          this.#ports.touch();
        }
        this.#open.delete(ask.id);
        replied = true;
        span?.end(outcomeOf(reply));
      },
      onCancel: (callback) => {
        if (open.canceled) callback();
        else if (!replied) onCancel.push(callback);
      },
    };
    const open: OpenCall = { call, canceled: false, onCancel, span };
    this.#open.set(ask.id, open);
    return call;
  }

  refuse(id: number): void {
    this.#link.push({ type: 'unknown', of: 'ask', id });
    this.#ports.touch();
  }

  /** The caller no longer waits. What has not been handled yet never is. */
  cancel(id: number): void {
    this.#waiting.delete(id);
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    open.canceled = true;
    open.span?.end('canceled');
    for (const callback of open.onCancel) callback();
  }

  /** The peer died: nobody waits for any of these. */
  cancelAll(): void {
    for (const id of [...this.#open.keys()]) this.cancel(id);
  }
}
