import { type ActorId, assert, type ErrorData, failed, type Result } from '../base/index.js';
import type {
  ActorContext,
  ActorRef,
  BehaviourFactory,
  DownCause,
  Peer,
  PeerExit,
} from './behaviour.js';
import { AskTable } from './ask-table.js';
import { createContext } from './context.js';
import { DeadLetters } from './dead-letters.js';
import { dispatch, dispatchSystem, noteGap, type Recipients } from './dispatch.js';
import { Fates } from './fates.js';
import {
  type ActorCore,
  type ActorCoreOptions,
  type ActorCounts,
  type ActorHost,
  defaultLinkLimits,
  type LinkLimits,
} from './host.js';
import { Inbox } from './inbox.js';
import { Link } from './link.js';
import { Monitors } from './monitors.js';
import { PeerConnection } from './peer-connection.js';
import { PeerTable } from './peer-table.js';
import type { Protocol } from './protocol.js';
import { Runner } from './runner.js';
import { StreamConsumers } from './stream-consumers.js';
import { type SpanQuery, type SpanReply, Tracer } from './tracer.js';

export function createActorCore(options: ActorCoreOptions): ActorCore {
  return new Core(options);
}

class Core implements ActorCore {
  readonly #options: ActorCoreOptions;
  readonly #host: ActorHost;
  readonly #limits: LinkLimits;
  readonly #peers: PeerTable;
  readonly #runner: Runner;
  readonly #inbox: Inbox;
  readonly #to: Recipients;
  readonly #monitors: Monitors;
  readonly #deadLetters: DeadLetters;
  readonly #context: ActorContext;
  /** The turn that was asked for begins with a slice of the mailbox. */
  #sliceDue = false;
  #deferred: (() => void)[] = [];
  readonly #traffic = { messagesIn: 0, bytesIn: 0, messagesOut: 0, bytesOut: 0, linksBroken: 0 };

  constructor(options: ActorCoreOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#limits = { ...defaultLinkLimits, ...options.limits };
    this.#peers = new PeerTable(options.self.id, options.links);
    this.#runner = new Runner({
      requestTurnEnd: () => {
        this.#host.requestTurnEnd();
      },
      crashed: (error) => {
        this.abandon();
        this.#host.crashed(error);
      },
    });
    const { random, crypto, log } = options.host;
    const clock: typeof options.host.clock = {
      monotonicMs: () => this.#host.clock.monotonicMs(),
      wallMs: () => this.#host.clock.wallMs(),
      after: (delayMs, callback) =>
        this.#host.clock.after(delayMs, () => {
          this.#runner.run(callback);
        }),
    };
    this.#deadLetters = new DeadLetters(clock, log);
    const { self, host } = options;
    const tracer = new Tracer({ self, clock, random, log, ambient: host.ambient });
    const ports = {
      clock,
      limits: this.#limits,
      runner: this.#runner,
      linkTo: (id: ActorId) => this.#peers.open(id)?.link,
      peer: (id: ActorId) => this.#peers.open(id)?.link.peer,
      misuseOf: (id: ActorId) => this.#peers.misuseOf(id),
      trace: (wanted: string | null | undefined) => tracer.outgoing(wanted),
      touch: () => {
        this.#runner.touch();
      },
      late: (from: ActorId) => {
        this.#deadLetters.add('late', from, 'reply');
      },
      defer: (callback: () => void) => {
        this.#deferred.push(callback);
        this.#runner.touch();
      },
      crash: (error: Error) => {
        this.crash(error);
      },
    };
    this.#monitors = new Monitors(ports);
    const fates = new Fates({
      ...ports,
      monitors: this.#monitors,
      tell: (peer, type) => {
        this.#peers.openOf(peer)?.link.pushSystem({ type });
        this.#runner.touch();
      },
    });
    const asks = new AskTable(ports);
    const consumers = new StreamConsumers(ports);
    const to: Recipients = { asks, consumers, fates, tracer, behaviour: undefined };
    this.#to = to;
    this.#inbox = new Inbox({
      ...ports,
      take: (connection, envelope) => dispatch(to, connection, envelope),
      bringUp: (connection) => {
        this.#bringUp(connection);
      },
      takeDown: (connection, cause) => {
        this.#takeDown(connection, cause);
      },
      broke: (connection, message) => {
        this.#breakLink(connection, message);
      },
    });
    this.#context = createContext({
      ...ports,
      self,
      random,
      crypto,
      log,
      tracer,
      asks,
      consumers,
      monitors: this.#monitors,
      fates,
      tell: (to, operation, message) => this.#tell(to, operation, message),
      drained: (id) => this.#peers.open(id)?.tells.drained() ?? Promise.resolve(),
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
    assert(this.#to.behaviour === undefined, 'an actor starts once');
    this.#runner.run(() => {
      const behaviour = factory(this.#context, config);
      this.#to.behaviour = behaviour;
      this.#runner.whenDone(behaviour.start(), onReady);
    });
  }

  linkAdded(id: ActorId): void {
    this.#peers.link(id);
  }

  peerUp(peer: Peer): void {
    if (this.#runner.dead) return;
    this.#runner.run(() => {
      assert(this.#peers.linked(peer.id), `${this.#options.self.id} has no link to ${peer.id}`);
      const known = this.#peers.newest(peer.id);
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
          this.#runner.touch();
        },
        deadLetter: (reason, operation) => {
          this.#deadLetters.add(reason, peer.id, operation);
        },
      });
      this.#peers.cameUp(connection);
      this.#inbox.enter({ type: 'up', connection });
    });
  }

  peerDown(peer: Peer, cause: DownCause = 'died'): void {
    const connection = this.#peers.newestOf(peer);
    if (connection === undefined || this.#runner.dead) return;
    this.#peers.wentDown(connection);
    this.#inbox.enter({ type: 'down', connection, cause });
  }

  peerExited(peer: Peer, exit: PeerExit): void {
    const connection = this.#peers.newestOf(peer) ?? this.#peers.activeOf(peer);
    if (connection !== undefined) connection.exit = exit;
    else this.#tellExit(peer, exit);
  }

  frameArrived(from: Peer, frame: Uint8Array, transfers: readonly ArrayBuffer[] = []): void {
    const connection = this.#peers.newestOf(from);
    if (this.#runner.dead || connection === undefined) return;
    const arrived = connection.link.arrived(frame, transfers);
    if (!arrived.ok) {
      this.#breakLink(connection, arrived.error);
      return;
    }
    const { system, user, gap, messages, bytes } = arrived.value;
    this.#traffic.messagesIn += user.length;
    this.#traffic.bytesIn += bytes;
    if (messages > 0) user.visit((kind, id) => connection.arrived(kind, id));
    this.#runner.run(() => {
      if (gap) {
        noteGap(this.#to, connection);
        connection.link.pushSystem({ type: 'gap' });
      }
      for (const envelope of system) dispatchSystem(this.#to, connection, envelope);
      connection.tells.pump();
    });
    this.#inbox.enter({ type: 'messages', connection, user, counted: messages, bytes });
    this.#runner.touch();
  }

  turnEnd(): void {
    if (this.#runner.dead) return;
    this.#runner.beginTurnEnd();
    if (this.#sliceDue) {
      this.#sliceDue = false;
      this.#inbox.handle();
      // What the messages began goes on before the turn ends.
      this.#runner.finishTurnEnd();
      this.#runner.touch();
      return;
    }
    this.#endTurn();
    this.#runner.finishTurnEnd();
    this.#inbox.beginTurn();
    this.#sliceDue = !this.#inbox.empty;
    if (this.#sliceDue || this.#deferred.length > 0) this.#runner.touch();
  }

  get messagesHandled(): number {
    return this.#inbox.messagesHandled;
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
    this.#runner.run(() => {
      result = this.#to.behaviour?.inject?.(fault) ?? refused;
    });
    return result;
  }

  report(): Readonly<Record<string, unknown>> {
    let report: Readonly<Record<string, unknown>> = {};
    this.#runner.run(() => {
      report = this.#to.behaviour?.report?.() ?? {};
    });
    return report;
  }

  stop(onStopped: () => void): void {
    this.#runner.run(() => {
      this.#runner.whenDone(this.#to.behaviour?.stop?.(), () => {
        this.#endTurn();
        onStopped();
      });
    });
  }

  abandon(): void {
    this.#runner.end();
    this.#peers.clear();
    this.#inbox.clear();
    this.#deferred = [];
  }

  crash(error: Error): void {
    this.#runner.crash(error);
  }

  counts(): ActorCounts {
    return {
      asksPending: this.#to.asks.size,
      streamsConsumed: this.#to.consumers.size,
      ...this.#peers.counts(),
      ...this.#inbox.counts(),
      ...this.#traffic,
      deadLetters: this.#deadLetters.counts(),
    };
  }

  spans(query: SpanQuery): SpanReply {
    return this.#to.tracer.query(query);
  }

  #tell(to: ActorRef<Protocol>, operation: string, message: unknown): boolean {
    const connection = this.#peers.open(to.id);
    if (connection === undefined) {
      const reason = this.#peers.linked(to.id) ? 'actor-down' : 'not-linked';
      this.#deadLetters.add(reason, to.id, operation);
      return false;
    }
    this.#runner.touch();
    return connection.tells.tell({ type: 'tell', operation, message }, to.overflow ?? 'reject');
  }

  #bringUp(connection: PeerConnection): void {
    const { link } = connection;
    this.#runner.run(() => {
      this.#peers.activate(connection);
      this.#to.behaviour?.peerUp?.(link.peer);
      this.#to.asks.peerUp(link);
      this.#to.consumers.peerUp(link);
    });
  }

  #takeDown(connection: PeerConnection, cause: DownCause): void {
    const { link } = connection;
    this.#runner.run(() => {
      this.#peers.deactivate(connection);
      this.#to.behaviour?.peerDown?.(link.peer, cause);
      this.#to.asks.peerDown(link);
      this.#to.consumers.peerDown(link);
      this.#monitors.peerDown(link.peer, cause);
    });
    if (connection.exit !== undefined) this.#tellExit(link.peer, connection.exit);
  }

  #tellExit(peer: Peer, exit: PeerExit): void {
    this.#runner.run(() => {
      this.#to.behaviour?.peerExited?.(peer, exit);
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

  #endTurn(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const callback of deferred) this.#runner.run(callback);
    this.#runner.run(() => this.#to.behaviour?.turnEnd?.());
    this.#flushAll();
  }

  #flushAll(): void {
    for (const { link, closed } of this.#peers.active()) {
      if (this.#runner.dead) return;
      const taken = link.takeFrame();
      if (taken === undefined || closed) continue;
      const { bytes, messages, transfers, size } = taken;
      this.#traffic.messagesOut += messages;
      this.#traffic.bytesOut += size;
      this.#host.transport.send(link.peer, bytes, messages, transfers);
    }
  }
}
