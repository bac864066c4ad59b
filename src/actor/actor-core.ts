import { type ActorId, assert, type ErrorData, failed, type Result } from '../base/index.js';
import type { ActorContext, Behaviour, BehaviourFactory, Peer } from './behaviour.js';
import { AskTable } from './ask-table.js';
import { createContext } from './context.js';
import { deliver } from './deliver.js';
import type { Envelope } from './envelope.js';
import {
  type ActorCore,
  type ActorCoreOptions,
  type ActorCounts,
  type ActorHost,
  defaultLinkLimits,
  type LinkLimits,
} from './host.js';
import { Link } from './link.js';
import { PeerConnection } from './peer-connection.js';
import type { Protocol } from './protocol.js';
import { StreamConsumers } from './stream-consumers.js';

export function createActorCore(options: ActorCoreOptions): ActorCore {
  return new Core(options);
}

class Core implements ActorCore {
  readonly #options: ActorCoreOptions;
  readonly #host: ActorHost;
  readonly #limits: LinkLimits;
  readonly #peers = new Map<ActorId, PeerConnection>();
  readonly #asks: AskTable;
  readonly #consumers: StreamConsumers;
  readonly #context: ActorContext;
  #behaviour: Behaviour<Protocol> | undefined;
  #dead = false;
  #turnRequested = false;
  #deferred: (() => void)[] = [];
  #messagesHandled = 0;

  constructor(options: ActorCoreOptions) {
    this.#options = options;
    this.#host = options.host;
    this.#limits = { ...defaultLinkLimits, ...options.limits };
    const { random, crypto, log } = options.host;
    const clock: typeof options.host.clock = {
      monotonicMs: () => this.#host.clock.monotonicMs(),
      wallMs: () => this.#host.clock.wallMs(),
      after: (delayMs, callback) =>
        this.#host.clock.after(delayMs, () => {
          this.#run(callback);
        }),
    };
    const ports = {
      clock,
      limits: this.#limits,
      linkTo: (id: ActorId) => this.#peers.get(id)?.link,
      touch: () => {
        this.#touch();
      },
      defer: (callback: () => void) => {
        this.#deferred.push(callback);
        this.#touch();
      },
    };
    this.#asks = new AskTable(ports);
    this.#consumers = new StreamConsumers(ports);
    this.#context = createContext({
      self: options.self,
      clock,
      random,
      crypto,
      log,
      asks: this.#asks,
      consumers: this.#consumers,
      linkTo: ports.linkTo,
      touch: ports.touch,
      flush: () => {
        for (const connection of this.#peers.values()) this.#flush(connection);
      },
      crash: (error) => {
        this.crash(error);
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
    this.#run(() => {
      assert(
        this.#options.links.includes(peer.id),
        `${this.#options.self.id} has no link to ${peer.id}`,
      );
      const known = this.#peers.get(peer.id);
      if (known !== undefined) {
        assert(known.link.peer.incarnation < peer.incarnation, `${peer.id} was brought up twice`);
        this.#takeDown(known);
      }
      const link = new Link(peer, this.#limits, this.#options.records ?? 'connection');
      this.#peers.set(
        peer.id,
        new PeerConnection(link, this.#limits, this.#host.clock, () => {
          this.#touch();
        }),
      );
      this.#behaviour?.peerUp?.(peer);
      this.#asks.peerUp(link);
      this.#consumers.peerUp(link);
    });
  }

  peerDown(peer: Peer): void {
    this.#run(() => {
      const known = this.#known(peer);
      if (known !== undefined) this.#takeDown(known);
    });
  }

  frameArrived(from: Peer, frame: Uint8Array): void {
    const connection = this.#known(from);
    if (this.#dead || connection === undefined) return;
    const arrived = connection.link.arrived(frame);
    if (arrived === undefined) {
      this.crash(new Error(`a frame from ${from.id} cannot be read`));
      return;
    }
    if (arrived.gap) {
      this.#run(() => {
        this.#gap(connection);
        connection.link.push({ type: 'gap' });
      });
    }
    for (const envelope of arrived.envelopes) {
      this.#run(() => {
        this.#take(connection, envelope);
      });
    }
    this.#touch();
  }

  turnEnd(): void {
    if (this.#dead) return;
    // What is pushed from here on leaves with this turn: no other needs to be requested.
    this.#turnRequested = true;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const callback of deferred) this.#run(callback);
    this.#run(() => this.#behaviour?.turnEnd?.());
    for (const connection of this.#peers.values()) this.#flush(connection);
    this.#turnRequested = false;
    if (this.#deferred.length > 0) this.#touch();
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
        this.turnEnd();
        onStopped();
      });
    });
  }

  abandon(): void {
    this.#dead = true;
    this.#peers.clear();
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
      messagesHandled: this.#messagesHandled,
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

  #known(peer: Peer): PeerConnection | undefined {
    const connection = this.#peers.get(peer.id);
    return connection?.link.peer.incarnation === peer.incarnation ? connection : undefined;
  }

  #takeDown(connection: PeerConnection): void {
    const { link } = connection;
    this.#peers.delete(link.peer.id);
    connection.calls.cancelAll();
    connection.producers.cancelAll();
    this.#behaviour?.peerDown?.(link.peer);
    this.#asks.peerDown(link);
    this.#consumers.peerDown(link);
  }

  #gap(connection: PeerConnection): void {
    this.#consumers.gap(connection.link);
    connection.producers.gap();
  }

  #take(connection: PeerConnection, envelope: Envelope): unknown {
    const { link } = connection;
    switch (envelope.type) {
      case 'tell':
      case 'ask':
      case 'open': {
        this.#messagesHandled++;
        assert(this.#behaviour !== undefined, 'a message before the start');
        return deliver(this.#behaviour, connection, envelope);
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
    }
  }

  #flush(connection: PeerConnection): void {
    while (!this.#dead) {
      const taken = connection.link.takeFrame();
      if (taken.type === 'nothing') return;
      if (taken.type === 'frame') {
        this.#host.transport.send(connection.link.peer, taken.frame, taken.messages);
        return;
      }
      for (const envelope of taken.envelopes) this.#notEncodable(envelope, taken.reason);
    }
  }

  /** A request that cannot be encoded fails for its caller; anything else that cannot is a mistake in this actor. */
  #notEncodable(envelope: Envelope, reason: string): void {
    if (envelope.type === 'ask') {
      this.#asks.notEncodable(envelope.id);
    } else if (envelope.type === 'open') {
      this.#run(() => {
        this.#consumers.notEncodable(envelope.id, reason);
      });
    } else {
      this.crash(new Error(`cannot encode a ${envelope.type}: ${reason}`));
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
