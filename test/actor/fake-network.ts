import {
  type ActorContext,
  type ActorCore,
  type Behaviour,
  createActorCore,
  LinkBreaks,
  type LinkLimits,
  type Peer,
  type PeerExit,
  type Protocol,
} from '../../src/actor/index.js';
import {
  actorId,
  assertDefined,
  type Clock,
  incarnation,
  type Log,
  type LogFields,
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
  /** Ends a life as a kill does: what it sent arrives, then its death, then the reason. */
  end(actor: FakeActor, exit: PeerExit): void;
  /** Frames that the filter refuses are lost. */
  loseFrames(refuse: (from: Peer, to: Peer, frame: Uint8Array) => boolean): void;
  /** Damages each frame on its way, in place. */
  damageFrames(damage: (from: Peer, to: Peer, frame: Uint8Array) => void): void;
  /** As a live loop: what arrives comes between two turns. Runs one step. */
  step(): Promise<boolean>;
  /** Time that passes while a handler runs. */
  pass(ms: number): void;
  /** Runs the timers that are due, and nothing else. */
  fireTimers(): Promise<void>;
  /** Frames posted so far. */
  framesSent(): number;
  nowMs(): number;
}

export interface FakeActor {
  readonly peer: Peer;
  readonly core: ActorCore;
  readonly context: ActorContext;
  readonly crashes: Error[];
  readonly logged: {
    readonly level: string;
    readonly message: string;
    readonly fields: LogFields;
  }[];
  readonly isReady: () => boolean;
}

export interface FakeNetworkOptions {
  readonly limits?: Partial<LinkLimits>;
  readonly records?: FrameRecords;
}

export function createFakeNetwork(options: FakeNetworkOptions = {}): FakeNetwork {
  let nowMs = 1000;
  let sent = 0;
  let refuse: (from: Peer, to: Peer, frame: Uint8Array) => boolean = () => false;
  let damage: (from: Peer, to: Peer, frame: Uint8Array) => void = () => undefined;
  const breaks = new LinkBreaks();
  /** The links that are up, by the two lives: the mail of a link that is over is dropped. */
  const links = new Map<string, { readonly left: FakeActor; readonly right: FakeActor }>();
  const lives = new Map<string, number>();
  const actors = new Map<string, FakeActor>();
  const turns = new Set<string>();
  const ended = new Set<string>();
  let mail: (() => void)[] = [];
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

  const linkOf = (left: Peer, right: Peer): string => [keyOf(left), keyOf(right)].sort().join(' ');

  /** One step of the loop: promises go on, what was sent arrives, promises go on, turns end. False: nothing moved. */
  async function step(): Promise<boolean> {
    for (let microtask = 0; microtask < 20; microtask++) await Promise.resolve();
    const arrived = mail;
    mail = [];
    for (const deliver of arrived) deliver();
    for (let microtask = 0; microtask < 20; microtask++) await Promise.resolve();
    const due = [...turns];
    turns.clear();
    for (const key of due) actors.get(key)?.core.turnEnd();
    return arrived.length > 0 || due.length > 0 || mail.length > 0;
  }

  async function settle(): Promise<void> {
    for (let round = 0; round < 10_000; round++) if (!(await step())) return;
    throw new Error('the network does not come to rest');
  }

  function send(from: Peer, to: Peer, frame: Uint8Array, transfers: readonly ArrayBuffer[]): void {
    sent++;
    const beside = structuredClone(transfers, { transfer: [...transfers] });
    if (refuse(from, to, frame)) return;
    damage(from, to, frame);
    const link = links.get(linkOf(from, to));
    mail.push(() => {
      if (link !== links.get(linkOf(from, to))) return;
      actors.get(keyOf(to))?.core.frameArrived(from, frame, beside);
    });
  }

  function connect(left: FakeActor, right: FakeActor): void {
    links.set(linkOf(left.peer, right.peer), { left, right });
    left.core.peerUp(right.peer);
    right.core.peerUp(left.peer);
  }

  /** As the hosts do: the other side learns of it, and both get a new link. */
  function mend(by: Peer, sender: Peer, message: string): void {
    const [left, right] = [actors.get(keyOf(by)), actors.get(keyOf(sender))];
    links.delete(linkOf(by, sender));
    const reason = breaks.note(sender.id, by.id, message, nowMs);
    mail.push(() => {
      if (reason !== undefined) right?.core.crash(new Error(reason));
      right?.core.peerDown(by, 'link-broken');
      if (ended.has(keyOf(by)) || ended.has(keyOf(sender))) return;
      if (left !== undefined && right !== undefined && reason === undefined) connect(left, right);
    });
  }

  return {
    spawn(id, links, make) {
      const life = (lives.get(id) ?? 0) + 1;
      lives.set(id, life);
      const peer: Peer = { id: actorId(id), incarnation: incarnation(life) };
      const crashes: Error[] = [];
      const logged: FakeActor['logged'] = [];
      const line =
        (level: string) =>
        (message: string, fields: LogFields = {}) =>
          void logged.push({ level, message, fields });
      const log: Log = {
        debug: line('debug'),
        info: line('info'),
        warn: line('warn'),
        error: line('error'),
      };
      let ready = false;
      let context: ActorContext | undefined;
      const core = createActorCore({
        self: peer,
        links: links.map(actorId),
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        ...(options.records === undefined ? {} : { records: options.records }),
        host: {
          clock,
          random: seededRandom(actors.size + 1),
          crypto: {
            uuid: () => '00000000-0000-4000-8000-000000000000',
            randomBytes: (count) => new Uint8Array(count),
            sha256: () => new Uint8Array(32),
          },
          log,
          transport: {
            send: (to, frame, _messages, transfers) => {
              send(peer, to, frame, transfers);
            },
          },
          linkBroken: (from, broken) => {
            mend(peer, from, broken.message);
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
        logged,
        isReady: () => ready,
      };
      actors.set(keyOf(peer), actor);
      return actor;
    },
    connect,
    disconnect(left, right) {
      links.delete(linkOf(left.peer, right.peer));
      left.core.peerDown(right.peer);
      right.core.peerDown(left.peer);
    },
    end(actor, exit) {
      actor.core.abandon();
      const key = keyOf(actor.peer);
      ended.add(key);
      const peers = [...links.entries()].filter(([link]) => link.split(' ').includes(key));
      mail.push(() => {
        for (const [link, { left, right }] of peers) {
          const other = left === actor ? right : left;
          links.delete(link);
          other.core.peerDown(actor.peer);
          other.core.peerExited(actor.peer, exit);
        }
      });
    },
    step,
    pass(ms) {
      nowMs += ms;
    },
    async fireTimers() {
      const due = [...timers].filter((timer) => timer.atMs <= nowMs);
      due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      for (const timer of due) {
        timers.delete(timer);
        timer.callback();
      }
      await Promise.resolve();
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
    damageFrames(change) {
      damage = change;
    },
    framesSent: () => sent,
    nowMs: () => nowMs,
  };
}
