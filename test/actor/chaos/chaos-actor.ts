import type {
  ActorContext,
  AskCall,
  AskResult,
  Behaviour,
  BehaviourFactory,
  Peer,
  StreamCall,
  StreamEnd,
} from '../../../src/actor/index.js';
import {
  actorId,
  type ErrorData,
  ok,
  type Random,
  randomBelow,
  randomChance,
  randomFraction,
  randomPick,
  type Result,
  seededRandom,
} from '../../../src/base/index.js';
import type {
  Answer,
  ChaosConfig,
  ChaosProtocol,
  Note,
  Observed,
  Order,
  Question,
} from './chaos-protocol.js';

/** What the behaviour needs of its host beyond the actor's contract. */
export interface ChaosPorts {
  /** Written down before it returns. */
  observe(observed: Observed): void;
  /** The loop does not turn for so long. */
  stall(ms: number): void;
  exit(): never;
}

type Fault = Parameters<NonNullable<Behaviour<ChaosProtocol>['inject']>>[0];

/** Talks to its neighbours at random, checks all that it hears, and misbehaves where it is told to. */
export function chaosActor(
  portsOf: (context: ActorContext, config: ChaosConfig) => ChaosPorts,
): BehaviourFactory<ChaosProtocol, ChaosConfig> {
  return (context, config) => new ChaosActor(context, config, portsOf(context, config)).behaviour();
}

const lifeOf = (peer: Peer): string => `${peer.id}#${String(peer.incarnation)}`;

class ChaosActor {
  readonly #context: ActorContext;
  readonly #config: ChaosConfig;
  readonly #ports: ChaosPorts;
  readonly #random: Random;
  readonly #notesTo = new Map<string, number>();
  readonly #notesFrom = new Map<string, number>();
  readonly #gone = new Set<string>();
  #nonces = 0;
  #quiet = false;

  constructor(context: ActorContext, config: ChaosConfig, ports: ChaosPorts) {
    this.#context = context;
    this.#config = config;
    this.#ports = ports;
    this.#random = seededRandom(config.seed * 1000 + context.self.incarnation);
  }

  behaviour(): Behaviour<ChaosProtocol> {
    return {
      start: async () => {
        if (randomChance(this.#random, 0.2)) await this.#context.sleep(this.#draw(20));
        this.#tickLater();
      },
      tells: {
        note: (from, note) => {
          this.#noted(from, note);
        },
      },
      asks: {
        echo: (call) => {
          this.#asked(call);
        },
      },
      streams: {
        items: (call) => {
          this.#ordered(call);
        },
      },
      peerDown: (peer) => {
        const life = lifeOf(peer);
        const notes = this.#notesFrom.get(life) ?? 0;
        this.#ports.observe({ type: 'down', peer: life, notes });
        this.#notesFrom.delete(life);
        this.#notesTo.delete(life);
        this.#gone.add(life);
      },
      inject: (fault) => this.#injected(fault),
      report: () => ({ quiet: this.#quiet }),
    };
  }

  // What it does.

  #tickLater(): void {
    this.#context.clock.after(this.#config.tickMs * (0.5 + randomFraction(this.#random)), () => {
      if (this.#quiet) return;
      this.#tick();
      this.#tickLater();
    });
  }

  #tick(): void {
    const neighbour = randomPick(this.#random, this.#config.neighbours);
    const draw = randomFraction(this.#random);
    if (draw < 0.6) this.#tellNotes(neighbour, 1 + this.#draw(5));
    else if (draw < 0.85) void this.#ask(neighbour);
    else this.#openStream(neighbour);
    this.#flush();
  }

  /** Sends notes until they are handed back. */
  #tellNotes(neighbour: string, count: number): void {
    const ref = this.#context.ref<ChaosProtocol>(actorId(neighbour));
    const peer = this.#context.peer(ref);
    for (let i = 0; i < count; i++) {
      const n = this.#sentTo(peer) + 1;
      const sent = this.#context.tell(ref, 'note', { to: peer?.incarnation ?? 0, n });
      if (peer === undefined && sent) this.#broken(`a note left for ${neighbour}, which is down`);
      if (peer === undefined || !sent) return;
      this.#notesTo.set(lifeOf(peer), n);
    }
  }

  async #ask(neighbour: string): Promise<void> {
    const ref = this.#context.ref<ChaosProtocol>(actorId(neighbour));
    const peer = this.#context.peer(ref);
    const nonce = this.#nonce();
    const draw = randomFraction(this.#random);
    const question: Question = {
      to: peer?.incarnation ?? 0,
      nonce,
      notesBefore: this.#sentTo(peer),
      answer: draw < 0.6 ? 'now' : draw < 0.9 ? 'later' : 'never',
    };
    this.#ports.observe({ type: 'asked', nonce });
    const result = await this.#context.ask(ref, 'echo', question, {
      timeoutMs: 5 + this.#draw(200),
      whenDown: randomChance(this.#random, 0.5) ? 'wait' : 'fail',
      traceId: nonce,
      ...(randomChance(this.#random, 0.1)
        ? { onCancelable: (cancel) => this.#context.clock.after(this.#draw(10), cancel) }
        : {}),
    });
    this.#answered(neighbour, nonce, result);
  }

  #openStream(neighbour: string): void {
    const ref = this.#context.ref<ChaosProtocol>(actorId(neighbour));
    const peer = this.#context.peer(ref);
    const nonce = this.#nonce();
    const items = 1 + this.#draw(60);
    const order = { to: peer?.incarnation ?? 0, nonce, notesBefore: this.#sentTo(peer), items };
    let got = 0;
    let end: StreamEnd | undefined;
    this.#ports.observe({ type: 'opened', nonce });
    const handlers = {
      onItem: (item: number): void => {
        if (end !== undefined) this.#broken(`an item of ${nonce} after its end`);
        got++;
        if (item !== got)
          this.#broken(`item ${String(item)} of ${nonce} in place of ${String(got)}`);
      },
      onEnd: (ended: StreamEnd): void => {
        if (end !== undefined) this.#broken(`${nonce} ended twice`);
        end = ended;
        if (end.code === 'complete' && got !== items)
          this.#broken(`${nonce} is complete with ${String(got)} of ${String(items)} items`);
        this.#ports.observe({ type: 'closed', nonce, code: end.code });
      },
    };
    const stream = this.#context.openStream(ref, 'items', order, handlers, { windowItems: 16 });
    if (randomChance(this.#random, 0.2))
      this.#context.clock.after(this.#draw(20), () => {
        stream.cancel();
      });
  }

  /** All that was told has left when this returns, and that is known to whoever reads the observations. */
  #flush(): void {
    this.#context.flush?.();
    this.#ports.observe({ type: 'flushed', notes: Object.fromEntries(this.#notesTo) });
  }

  // What it hears.

  #noted(from: Peer, { to, n }: Note): void {
    const what = `note ${String(n)}`;
    this.#heard(from, to, what);
    const expected = (this.#notesFrom.get(lifeOf(from)) ?? 0) + 1;
    if (n !== expected) this.#broken(`${what} of ${lifeOf(from)} in place of ${String(expected)}`);
    this.#notesFrom.set(lifeOf(from), n);
  }

  #asked(call: AskCall<Question, Answer>): void {
    const { to, nonce, notesBefore, answer } = call.request;
    this.#heard(call.from, to, nonce);
    if (to !== 0) this.#inOrder(call.from, nonce, notesBefore);
    if (call.traceId !== nonce) this.#broken(`${nonce} came with the trace id of another`);
    this.#ports.observe({ type: 'handled', nonce });
    const reply = (): void => {
      const by = this.#context.self.incarnation;
      call.reply({ by, to: call.from.incarnation, nonce, notesBefore: this.#sentTo(call.from) });
    };
    if (answer === 'now') reply();
    if (answer === 'later') this.#context.clock.after(this.#draw(40), reply);
  }

  #answered(neighbour: string, nonce: string, result: AskResult<Answer>): void {
    const { self } = this.#context;
    if (result.ok) {
      const { by, to, nonce: answeredNonce, notesBefore } = result.value;
      if (answeredNonce !== nonce) this.#broken(`${nonce} was answered with ${answeredNonce}`);
      if (to !== self.incarnation) this.#broken(`${nonce} was answered to life ${String(to)}`);
      const life = `${neighbour}#${String(by)}`;
      if (!this.#gone.has(life) && (this.#notesFrom.get(life) ?? 0) < notesBefore)
        this.#broken(`the answer to ${nonce} came before the notes before it`);
    }
    const code = result.ok ? 'ok' : result.error.code;
    const handedOver = result.ok || result.error.handedOver;
    this.#ports.observe({ type: 'answered', nonce, code, handedOver });
  }

  #ordered(call: StreamCall<Order, number>): void {
    const { to, nonce, notesBefore, items } = call.request;
    this.#heard(call.from, to, nonce);
    this.#inOrder(call.from, nonce, notesBefore);
    let canceled = false;
    call.onCancel(() => {
      canceled = true;
    });
    const send = (first: number): void => {
      if (canceled) return;
      const last = Math.min(items, first + 19);
      for (let item = first; item <= last; item++) call.send(item);
      if (last === items) call.complete();
      else
        this.#context.clock.after(this.#draw(5), () => {
          send(last + 1);
        });
    };
    send(1);
  }

  #heard(from: Peer, to: number, what: string): void {
    const { self } = this.#context;
    if (to !== 0 && to !== self.incarnation)
      this.#broken(`${what} of ${lifeOf(from)} was meant for life ${String(to)}`);
    if (this.#gone.has(lifeOf(from)))
      this.#broken(`${what} came after the DOWN of ${lifeOf(from)}`);
  }

  #inOrder(from: Peer, what: string, notesBefore: number): void {
    const notes = this.#notesFrom.get(lifeOf(from)) ?? 0;
    if (notes !== notesBefore)
      this.#broken(
        `${what} came after ${String(notes)} notes, and was sent after ${String(notesBefore)}`,
      );
  }

  // What it is made to do.

  #injected(fault: Fault): Result<void, ErrorData> {
    const soon = (work: () => void): Result<void, ErrorData> => {
      this.#context.clock.after(0, work);
      return ok(undefined);
    };
    switch (fault.type) {
      case 'quiet':
        this.#quiet = true;
        return ok(undefined);
      case 'flood':
        return soon(() => {
          const to =
            (fault['to'] as string | undefined) ??
            randomPick(this.#random, this.#config.neighbours);
          this.#tellNotes(to, Number(fault['notes']));
          this.#flush();
        });
      case 'stall':
        return soon(() => {
          this.#ports.stall(Number(fault['ms']));
        });
      case 'exit':
        return soon(() => this.#ports.exit());
      case 'last-words':
        return soon(() => {
          for (const neighbour of this.#config.neighbours) this.#tellNotes(neighbour, 3);
          this.#flush();
          throw new Error('crashed after its last words');
        });
      default:
        return soon(() => {
          throw new Error('crashed on purpose');
        });
    }
  }

  #sentTo(peer: Peer | undefined): number {
    return peer === undefined ? 0 : (this.#notesTo.get(lifeOf(peer)) ?? 0);
  }

  #nonce(): string {
    return `${lifeOf(this.#context.self)}:${String(++this.#nonces)}`;
  }

  #draw(below: number): number {
    return randomBelow(this.#random, below);
  }

  #broken(what: string): void {
    this.#ports.observe({ type: 'broken', what });
  }
}
