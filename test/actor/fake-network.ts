import {
  type ActorContext,
  type ActorCore,
  type Behaviour,
  createActorCore,
  type LinkLimits,
  type Peer,
  type Protocol,
} from '../../src/actor/index.js';
import {
  actorId,
  assertDefined,
  type Clock,
  incarnation,
  type Log,
  seededRandom,
} from '../../src/base/index.js';
import type { FrameRecords } from '../../src/codec/index.js';

/** Actors in one thread on virtual time: frames arrive when `settle` is called, timers run when `advance` is. */
export interface FakeNetwork {
  spawn<P extends Protocol>(
    id: string,
    links: readonly string[],
    make: (context: ActorContext) => Behaviour<P>,
  ): FakeActor;
  connect(left: FakeActor, right: FakeActor): void;
  disconnect(left: FakeActor, right: FakeActor): void;
  /** Delivers frames and ends turns until nothing moves. */
  settle(): Promise<void>;
  advance(ms: number): Promise<void>;
  /** Frames that the filter refuses are lost. */
  loseFrames(refuse: (from: Peer, to: Peer, frame: Uint8Array) => boolean): void;
  /** Frames posted so far. */
  framesSent(): number;
  nowMs(): number;
}

export interface FakeActor {
  readonly peer: Peer;
  readonly core: ActorCore;
  readonly context: ActorContext;
  readonly crashes: Error[];
  readonly isReady: () => boolean;
}

export interface FakeNetworkOptions {
  readonly limits?: Partial<LinkLimits>;
  readonly records?: FrameRecords;
}

const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export function createFakeNetwork(options: FakeNetworkOptions = {}): FakeNetwork {
  let nowMs = 1000;
  let sent = 0;
  let refuse: (from: Peer, to: Peer, frame: Uint8Array) => boolean = () => false;
  const lives = new Map<string, number>();
  const actors = new Map<string, FakeActor>();
  const turns = new Set<string>();
  let mail: { from: Peer; to: Peer; frame: Uint8Array }[] = [];
  const timers = new Set<{ atMs: number; order: number; callback: () => void }>();
  let order = 0;
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, order: order++, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
  };
  const keyOf = (peer: Peer): string => `${peer.id}#${String(peer.incarnation)}`;

  async function settle(): Promise<void> {
    for (let round = 0; round < 10_000; round++) {
      for (let microtask = 0; microtask < 20; microtask++) await Promise.resolve();
      const arrived = mail;
      mail = [];
      for (const { from, to, frame } of arrived)
        actors.get(keyOf(to))?.core.frameArrived(from, frame);
      for (let microtask = 0; microtask < 20; microtask++) await Promise.resolve();
      const due = [...turns];
      turns.clear();
      for (const key of due) actors.get(key)?.core.turnEnd();
      if (arrived.length === 0 && due.length === 0 && mail.length === 0) return;
    }
    throw new Error('the network does not come to rest');
  }

  return {
    spawn(id, links, make) {
      const life = (lives.get(id) ?? 0) + 1;
      lives.set(id, life);
      const peer: Peer = { id: actorId(id), incarnation: incarnation(life) };
      const crashes: Error[] = [];
      let ready = false;
      let context: ActorContext | undefined;
      const core = createActorCore({
        self: peer,
        links: links.map(actorId),
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        ...(options.records === undefined ? {} : { records: options.records }),
        host: {
          clock,
          random: seededRandom(1),
          crypto: {
            uuid: () => '00000000-0000-4000-8000-000000000000',
            randomBytes: (count) => new Uint8Array(count),
            sha256: () => new Uint8Array(32),
          },
          log: silentLog,
          transport: {
            send: (to, frame) => {
              sent++;
              if (!refuse(peer, to, frame)) mail.push({ from: peer, to, frame });
            },
          },
          requestTurnEnd: () => void turns.add(keyOf(peer)),
          crashed: (error) => void crashes.push(error),
        },
      });
      core.start(
        (given) => {
          context = given;
          return make(given);
        },
        {},
        () => {
          ready = true;
        },
      );
      const actor: FakeActor = {
        peer,
        core,
        context: assertDefined(context, 'context'),
        crashes,
        isReady: () => ready,
      };
      actors.set(keyOf(peer), actor);
      return actor;
    },
    connect(left, right) {
      left.core.peerUp(right.peer);
      right.core.peerUp(left.peer);
    },
    disconnect(left, right) {
      left.core.peerDown(right.peer);
      right.core.peerDown(left.peer);
    },
    settle,
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        const due = [...timers].filter((timer) => timer.atMs <= untilMs);
        due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
        const [next] = due;
        if (next === undefined) break;
        timers.delete(next);
        nowMs = next.atMs;
        next.callback();
      }
      nowMs = untilMs;
    },
    loseFrames(filter) {
      refuse = filter;
    },
    framesSent: () => sent,
    nowMs: () => nowMs,
  };
}
