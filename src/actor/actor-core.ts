import { type ActorId, assert, type ErrorData, failed, type Result } from '../base/index.js';
import type {
  ActorContext,
  ActorRef,
  Behaviour,
  BehaviourFactory,
  DownCause,
  Peer,
  PeerExit,
} from './behaviour.js';
import { AskTable } from './ask-table.js';
import { createContext } from './context.js';
import { DeadLetters } from './dead-letters.js';
import { deliver } from './deliver.js';
import type { SystemEnvelope, UserEnvelope } from './envelope.js';
import { NOBODY_SENDS, readEnvelope } from './envelope-wire.js';
import { Fates } from './fates.js';
import { HandlingHistogram } from './handling-histogram.js';
import {
  type ActorCore,
  type ActorCoreOptions,
  type ActorCounts,
  type ActorHost,
  defaultLinkLimits,
  type LinkLimits,
} from './host.js';
import { Link } from './link.js';
import { Mailbox, type MailboxEntry } from './mailbox.js';
import { Monitors } from './monitors.js';
import { PeerConnection } from './peer-connection.js';
import type { Protocol } from './protocol.js';
import { StreamConsumers } from './stream-consumers.js';
import { TurnSlice } from './turn-slice.js';

export function createActorCore(options: ActorCoreOptions): ActorCore {
  return new Core(options);
}

class Core implements ActorCore {
  readonly #options: ActorCoreOptions;
  readonly #host: ActorHost;
  readonly #limits: LinkLimits;
  readonly #linked: ReadonlySet<ActorId>;
  /** As the host knows them. What a life sent before its end may still wait in the mailbox, and its successor be here. */
  readonly #newest = new Map<ActorId, PeerConnection>();
  /** As the behaviour knows them. */
  readonly #peers = new Map<ActorId, PeerConnection>();
  readonly #mailbox = new Mailbox();
  readonly #slice: TurnSlice;
  readonly #asks: AskTable;
  readonly #consumers: StreamConsumers;
  readonly #monitors: Monitors;
  readonly #fates: Fates;
  readonly #deadLetters: DeadLetters;
  readonly #handling = new HandlingHistogram();
  readonly #context: ActorContext;
  #behaviour: Behaviour<Protocol> | undefined;
  #dead = false;
  #turnRequested = false;
  /** The turn that was asked for begins with a slice of the mailbox. */
  #sliceDue = false;
  #deferred: (() => void)[] = [];
  #messagesHandled = 0;
  readonly #traffic = { messagesIn: 0, bytesIn: 0, messagesOut: 0, bytesOut: 0, linksBroken: 0 };

  constructor(options: ActorCoreOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#limits = { ...defaultLinkLimits, ...options.limits };
    this.#linked = new Set(options.links);
    const { random, crypto, log } = options.host;
    const clock: typeof options.host.clock = {
      monotonicMs: () => this.#host.clock.monotonicMs(),
      wallMs: () => this.#host.clock.wallMs(),
      after: (delayMs, callback) =>
        this.#host.clock.after(delayMs, () => {
          this.#run(callback);
        }),
    };
    this.#slice = new TurnSlice(clock, this.#limits, this.#handling);
    this.#deadLetters = new DeadLetters(clock, log);
    const ports = {
      clock,
      limits: this.#limits,
      linkTo: (id: ActorId) => this.#connectionTo(id)?.link,
      peer: (id: ActorId) => this.#connectionTo(id)?.link.peer,
      misuseOf: (id: ActorId) => this.#misuseOf(id),
      touch: () => {
        this.#touch();
      },
      late: (from: ActorId) => {
        this.#deadLetters.add('late', from, 'reply');
      },
      defer: (callback: () => void) => {
        this.#deferred.push(callback);
        this.#touch();
      },
      crash: (error: Error) => {
        this.crash(error);
      },
    };
    this.#asks = new AskTable(ports);
    this.#consumers = new StreamConsumers(ports);
    this.#monitors = new Monitors(ports);
    this.#fates = new Fates({
      ...ports,
      monitors: this.#monitors,
      tell: (peer, type) => {
        ofLife(this.#connectionTo(peer.id), peer)?.link.pushSystem({ type });
        this.#touch();
      },
    });
    this.#context = createContext({
      ...ports,
      self: options.self,
      random,
      crypto,
      log,
      asks: this.#asks,
      consumers: this.#consumers,
      monitors: this.#monitors,
      fates: this.#fates,
      tell: (to, operation, message) => this.#tell(to, operation, message),
      drained: (id) => this.#connectionTo(id)?.tells.drained() ?? Promise.resolve(),
      flush: () => {
        this.#flushAll();
      },
    });
  }

  start<P extends Protocol, Config>(
    factory: BehaviourFactory<P, Config>,
    config: Config,
    onReady: () => void,
  ): void {
    assert(this.#behaviour === undefined, 'an actor starts once');
    this.#run(() => {
      const behaviour = factory(this.#context, config);
      this.#behaviour = behaviour;
      this.#whenDone(behaviour.start(), onReady);
    });
  }

  peerUp(peer: Peer): void {
    if (this.#dead) return;
    this.#run(() => {
      assert(this.#linked.has(peer.id), `${this.#options.self.id} has no link to ${peer.id}`);
      const known = this.#newest.get(peer.id);
      if (known !== undefined) {
        const old = known.link.peer;
        assert(old.incarnation <= peer.incarnation, `${peer.id} came up with an older life`);
        this.peerDown(old, old.incarnation === peer.incarnation ? 'link-broken' : 'died');
      }
      const link = new Link(peer, this.#limits, this.#options.records ?? 'connection');
      const connection = new PeerConnection(link, {
        limits: this.#limits,
        clock: this.#context.clock,
        touch: () => {
          this.#touch();
        },
        deadLetter: (reason, operation) => {
          this.#deadLetters.add(reason, peer.id, operation);
        },
      });
      this.#newest.set(peer.id, connection);
      this.#enter({ type: 'up', connection });
    });
  }

  peerDown(peer: Peer, cause: DownCause = 'died'): void {
    const connection = this.#newestOf(peer);
    if (connection === undefined || this.#dead) return;
    this.#newest.delete(peer.id);
    connection.closed = true;
    this.#enter({ type: 'down', connection, cause });
  }

  peerExited(peer: Peer, exit: PeerExit): void {
    const connection = this.#newestOf(peer) ?? this.#activeOf(peer);
    if (connection !== undefined) connection.exit = exit;
    else this.#tellExit(peer, exit);
  }

  frameArrived(from: Peer, frame: Uint8Array, transfers: readonly ArrayBuffer[] = []): void {
    const connection = this.#newestOf(from);
    if (this.#dead || connection === undefined) return;
    const arrived = connection.link.arrived(frame, transfers);
    if (!arrived.ok) {
      this.#breakLink(connection, arrived.error);
      return;
    }
    const { system, user, gap, messages, bytes } = arrived.value;
    this.#traffic.messagesIn += user.length;
    this.#traffic.bytesIn += bytes;
    if (messages > 0) user.visit((kind, id) => connection.arrived(kind, id));
    this.#run(() => {
      if (gap) {
        this.#gap(connection);
        connection.link.pushSystem({ type: 'gap' });
      }
      for (const envelope of system) this.#takeSystem(connection, envelope);
      connection.tells.pump();
    });
    this.#enter({ type: 'messages', connection, user, counted: messages, bytes });
    this.#touch();
  }

  turnEnd(): void {
    if (this.#dead) return;
    // What is pushed from here on leaves with this turn: no other needs to be requested.
    this.#turnRequested = true;
    if (this.#sliceDue) {
      this.#sliceDue = false;
      this.#handleMail();
      // What the messages began goes on before the turn ends.
      if (!this.#isDead()) this.#host.requestTurnEnd();
      return;
    }
    this.#endTurn();
    this.#turnRequested = false;
    this.#slice.begin();
    this.#sliceDue = !this.#mailbox.empty;
    if (this.#sliceDue || this.#deferred.length > 0) this.#touch();
  }

  get messagesHandled(): number {
    return this.#messagesHandled;
  }

  inject(fault: {
    readonly type: string;
    readonly [field: string]: unknown;
  }): Result<void, ErrorData> {
    const refused = failed({
      code: 'unknown-fault',
      message: `${this.#options.self.id} does not know the fault ${fault.type}`,
    });
    let result: Result<void, ErrorData> = refused;
    this.#run(() => {
      result = this.#behaviour?.inject?.(fault) ?? refused;
    });
    return result;
  }

  report(): Readonly<Record<string, unknown>> {
    let report: Readonly<Record<string, unknown>> = {};
    this.#run(() => {
      report = this.#behaviour?.report?.() ?? {};
    });
    return report;
  }

  stop(onStopped: () => void): void {
    this.#run(() => {
      this.#whenDone(this.#behaviour?.stop?.(), () => {
        this.#endTurn();
        onStopped();
      });
    });
  }

  abandon(): void {
    this.#dead = true;
    this.#newest.clear();
    this.#peers.clear();
    this.#mailbox.clear();
    this.#deferred = [];
  }

  crash(error: Error): void {
    if (this.#dead) return;
    this.abandon();
    this.#host.crashed(error);
  }

  counts(): ActorCounts {
    const connections = [...this.#peers.values()];
    return {
      asksPending: this.#asks.size,
      callsPending: connections.reduce((sum, each) => sum + each.calls.size, 0),
      streamsConsumed: this.#consumers.size,
      streamsProduced: connections.reduce((sum, each) => sum + each.producers.size, 0),
      tellsQueued: connections.reduce((sum, each) => sum + each.tells.length, 0),
      messagesHandled: this.#messagesHandled,
      ...this.#traffic,
      mailboxMessages: this.#mailbox.messages,
      mailboxMessagesPeak: this.#mailbox.messagesPeak,
      handlingMicroseconds: this.#handling.counts(),
      deadLetters: this.#deadLetters.counts(),
    };
  }

  /** All code of the behaviour runs through here: what it throws ends this life. */
  #run(work: () => unknown): void {
    if (this.#dead) return;
    this.#touch();
    try {
      const result = work();
      if (result instanceof Promise) this.#whenDone(result, () => undefined);
    } catch (error) {
      this.crash(asError(error));
    }
  }

  #whenDone(work: unknown, done: () => void): void {
    if (work instanceof Promise) {
      const finish = (): void => {
        this.#run(done);
      };
      work.then(finish, (error: unknown) => {
        this.crash(asError(error));
      });
    } else {
      done();
    }
  }

  #touch(): void {
    if (this.#turnRequested || this.#dead) return;
    this.#turnRequested = true;
    this.#host.requestTurnEnd();
  }

  /** The crash of a handler ends what calls it, too. */
  #isDead(): boolean {
    return this.#dead;
  }

  #newestOf(peer: Peer): PeerConnection | undefined {
    return ofLife(this.#newest.get(peer.id), peer);
  }

  #activeOf(peer: Peer): PeerConnection | undefined {
    return ofLife(this.#peers.get(peer.id), peer);
  }

  /** Where something can be sent. */
  #connectionTo(id: ActorId): PeerConnection | undefined {
    const connection = this.#peers.get(id);
    return connection?.closed === false ? connection : undefined;
  }

  #misuseOf(id: ActorId): 'ask-to-self' | 'not-linked' | undefined {
    if (id === this.#options.self.id) return 'ask-to-self';
    return this.#linked.has(id) ? undefined : 'not-linked';
  }

  #tell(to: ActorRef<Protocol>, operation: string, message: unknown): boolean {
    const connection = this.#connectionTo(to.id);
    if (connection === undefined) {
      const reason = this.#linked.has(to.id) ? 'actor-down' : 'not-linked';
      this.#deadLetters.add(reason, to.id, operation);
      return false;
    }
    this.#touch();
    return connection.tells.tell({ type: 'tell', operation, message }, to.overflow ?? 'reject');
  }

  #enter(entry: MailboxEntry): void {
    this.#mailbox.push(entry);
    this.#handleMail();
  }

  /** Handles what waits, as far as this turn's slice goes. The rest begins a later turn. */
  #handleMail(): void {
    if (this.#slice.running) return;
    this.#slice.resume();
    for (;;) {
      const entry = this.#dead ? undefined : this.#mailbox.peek();
      if (entry === undefined) break;
      if (entry.type === 'messages' && !this.#handleMessages(entry)) break;
      if (this.#isDead()) break;
      this.#mailbox.drop();
      if (entry.type === 'up') this.#bringUp(entry.connection);
      else if (entry.type === 'down') this.#takeDown(entry.connection, entry.cause);
      else entry.connection.link.handledFrame(entry.bytes);
    }
    this.#slice.pause();
  }

  /** False: the slice is used up before they were all handled. */
  #handleMessages(entry: Extract<MailboxEntry, { type: 'messages' }>): boolean {
    const { connection, user } = entry;
    while (user.length > 0 && !connection.broken) {
      if (this.#slice.isUsedUp()) return false;
      this.#mailbox.took(1);
      const error = user.next();
      const envelope = error === undefined ? readEnvelope(user) : undefined;
      if (envelope !== undefined) {
        this.#run(() => this.#take(connection, envelope as UserEnvelope, entry));
      } else {
        connection.broken = true;
        this.#breakLink(connection, error?.message ?? NOBODY_SENDS);
      }
      if (this.#isDead()) return false;
      this.#slice.handled();
    }
    // What is left of a broken link is never read.
    this.#mailbox.took(user.length);
    this.#messagesHandled += entry.counted;
    return true;
  }

  #bringUp(connection: PeerConnection): void {
    const { link } = connection;
    this.#run(() => {
      this.#peers.set(link.peer.id, connection);
      this.#behaviour?.peerUp?.(link.peer);
      this.#asks.peerUp(link);
      this.#consumers.peerUp(link);
    });
  }

  #takeDown(connection: PeerConnection, cause: DownCause): void {
    const { link } = connection;
    this.#run(() => {
      this.#peers.delete(link.peer.id);
      connection.calls.cancelAll();
      connection.producers.cancelAll();
      connection.tells.end();
      this.#behaviour?.peerDown?.(link.peer, cause);
      this.#asks.peerDown(link);
      this.#consumers.peerDown(link);
      this.#monitors.peerDown(link.peer, cause);
    });
    if (connection.exit !== undefined) this.#tellExit(link.peer, connection.exit);
  }

  #tellExit(peer: Peer, exit: PeerExit): void {
    this.#run(() => {
      this.#behaviour?.peerExited?.(peer, exit);
      this.#monitors.peerExited(peer, exit);
    });
  }

  #breakLink(connection: PeerConnection, message: string): void {
    const { peer, arrivedMessages } = connection.link;
    // It may be over already: then this was the last word of a dead life.
    if (connection.closed) return;
    this.#traffic.linksBroken++;
    this.#host.log.warn('a frame cannot be read: its link is made anew', {
      peer: peer.id,
      peerIncarnation: peer.incarnation,
      reason: message,
    });
    this.peerDown(peer, 'link-broken');
    this.#host.linkBroken(peer, { message, arrivedMessages });
  }

  #gap(connection: PeerConnection): void {
    this.#consumers.gap(connection.link);
    connection.producers.gap();
  }

  #takeSystem(connection: PeerConnection, envelope: SystemEnvelope): void {
    switch (envelope.type) {
      case 'gap':
        this.#gap(connection);
        return;
      case 'cancel':
        connection.calls.cancel(envelope.id);
        return;
      case 'credit':
        connection.producers.credit(envelope.id, envelope.handledItems);
        return;
      case 'close':
        connection.producers.close(envelope.id);
        return;
      case 'link':
        this.#fates.linkedBy(connection.link.peer);
        return;
      case 'unlink':
        this.#fates.unlinkedBy(connection.link.peer);
        return;
    }
  }

  #take(connection: PeerConnection, envelope: UserEnvelope, frame: { counted: number }): unknown {
    const { link } = connection;
    switch (envelope.type) {
      case 'tell':
      case 'ask':
      case 'open': {
        frame.counted--;
        this.#messagesHandled++;
        link.handledMessage();
        assert(this.#behaviour !== undefined, 'a message before the start');
        return deliver(this.#behaviour, connection, envelope, (reason, operation) => {
          this.#deadLetters.add(reason, link.peer.id, operation);
        });
      }
      case 'reply':
        this.#asks.replied(link, envelope.id, envelope.reply);
        return;
      case 'unknown':
        if (envelope.of === 'ask') this.#asks.unknownOperation(link, envelope.id);
        else this.#consumers.unknownOperation(link, envelope.id);
        return;
      case 'item':
        this.#consumers.item(link, envelope.id, envelope.item);
        return;
      case 'end':
        this.#consumers.ended(link, envelope.id, envelope.end);
        return;
    }
  }

  #endTurn(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const callback of deferred) this.#run(callback);
    this.#run(() => this.#behaviour?.turnEnd?.());
    this.#flushAll();
  }

  #flushAll(): void {
    for (const { link, closed } of this.#peers.values()) {
      if (this.#dead) return;
      const taken = link.takeFrame();
      if (taken === undefined || closed) continue;
      const { bytes, messages, transfers, size } = taken;
      this.#traffic.messagesOut += messages;
      this.#traffic.bytesOut += size;
      this.#host.transport.send(link.peer, bytes, messages, transfers);
    }
  }
}

function ofLife(connection: PeerConnection | undefined, peer: Peer): PeerConnection | undefined {
  return connection?.link.peer.incarnation === peer.incarnation ? connection : undefined;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
