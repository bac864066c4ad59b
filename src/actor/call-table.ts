import { assert, type Clock } from '../base/index.js';
import type { AskCall, OpenSpan, Peer } from './behaviour.js';
import type { AskEnvelope } from './envelope.js';
import type { Link } from './link.js';
import { outcomeOf } from './trace.js';

/** One of them, as its behaviour sees it. */
class OpenCall implements AskCall<unknown, unknown> {
  readonly from: Peer;
  readonly request: unknown;
  readonly traceId: string | undefined;
  readonly deadlineMs: number;
  readonly id: number;
  readonly operation: string;
  readonly span: OpenSpan | undefined;
  readonly #table: CallTable;
  #canceled = false;
  #replied = false;
  #onCancel: (() => void)[] | undefined = undefined;

  constructor(table: CallTable, from: Peer, ask: AskEnvelope, span: OpenSpan | undefined) {
    this.#table = table;
    this.from = from;
    this.request = ask.request;
    this.traceId = span?.traceId;
    this.deadlineMs = ask.deadlineMs;
    this.id = ask.id;
    this.operation = ask.operation;
    this.span = span;
  }

  reply(reply: unknown): void {
    assert(!this.#replied, `${this.operation} was answered twice`);
    if (!this.#canceled) this.#table.replied(this.id, reply);
    this.#replied = true;
    this.span?.end(outcomeOf(reply));
  }

  onCancel(callback: () => void): void {
    if (this.#canceled) callback();
    else if (!this.#replied) (this.#onCancel ??= []).push(callback);
  }

  cancel(): void {
    this.#canceled = true;
    this.span?.end('canceled');
    for (const callback of this.#onCancel ?? []) callback();
  }
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
    const call = new OpenCall(this, this.#link.peer, ask, span);
    this.#open.set(ask.id, call);
    return call;
  }

  /** For the calls themselves. Throws where the reply cannot be encoded; then the call is still open. */
  replied(id: number, reply: unknown): void {
    this.#link.push({ type: 'reply', id, reply });
    this.#ports.touch();
    this.#open.delete(id);
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
    open.cancel();
  }

  /** The peer died: nobody waits for any of these. */
  cancelAll(): void {
    for (const id of [...this.#open.keys()]) this.cancel(id);
  }
}
