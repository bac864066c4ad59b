import { expose } from 'comlink';
import { isMainThread } from 'node:worker_threads';
import {
  type ActorCore,
  type BehaviourFactory,
  createActorCore,
  type Protocol,
} from '../../actor/index.js';
import { actorId, incarnation } from '../../base/index.js';
import { openActorLog } from '../log/index.js';
import { notify, whenAssigned } from './assignment.js';
import { ambientScope } from './ambient-scope.js';
import type { ActorControl, ThreadData } from './control.js';
import { realClock, realCrypto, realRandom } from './host-ports.js';
import { Links } from './links.js';
import { heldMemory } from './live-heap.js';
import { ThreadMeter } from './thread-stats.js';
import { beat, setLostLogLines, turned } from './words.js';

/** What an entry may ask of its thread beyond the actor's contract. */
export interface ThreadOptions {
  /** Edges: destroys every session and socket at once. Runs in the very tick in which the thread ends. */
  readonly destroyAll?: () => void;
}

/**
 * Runs one life of an actor in this worker thread: called once, by the entry. In a spare the factory is called when the life
 * begins. Does nothing outside of a thread.
 */
export function runActor<P extends Protocol, Config>(
  factory: BehaviourFactory<P, Config>,
  options: ThreadOptions = {},
): void {
  if (isMainThread) return;
  whenAssigned((life) => {
    live(life, factory, options);
  });
}

function live<P extends Protocol, Config>(
  data: ThreadData,
  factory: BehaviourFactory<P, Config>,
  options: ThreadOptions,
): void {
  const end = (exitCode: number): never => {
    try {
      options.destroyAll?.();
    } finally {
      process.exit(exitCode);
    }
  };
  const crashed = (error: Error): void => {
    // The sockets first: nothing may come between this tick and the exit.
    try {
      const code = (error as { code?: unknown }).code;
      const crash = {
        message: error.message,
        stack: error.stack ?? error.message,
        code: typeof code === 'string' ? code : undefined,
      };
      notify({ type: 'crashed', crash });
      log.error('crashed', { error });
    } finally {
      end(1);
    }
  };
  const ambient = ambientScope();
  const log = openActorLog({
    ...data.log,
    actor: data.id,
    incarnation: data.incarnation,
    traceId: () => ambient.get()?.traceId,
    onLost: (lines) => {
      setLostLogLines(data.words, lines);
    },
  });
  const links = new Links();
  let core: ActorCore | undefined = undefined;
  process.on('uncaughtException', (error: unknown) => {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (core === undefined) crashed(cause);
    else core.crash(cause);
    crashed(cause);
  });
  const turnEnd = (): void => {
    if (core === undefined) return;
    core.turnEnd();
    turned(data.words, core.messagesHandled, realClock.monotonicMs());
  };
  core = createActorCore({
    self: { id: actorId(data.id), incarnation: incarnation(data.incarnation) },
    links: data.links.map(actorId),
    host: {
      clock: realClock,
      random: realRandom(),
      crypto: realCrypto,
      log,
      transport: links,
      ambient,
      requestTurnEnd: () => {
        setImmediate(turnEnd);
      },
      linkBroken: (peer, broken) => {
        links.break(peer, broken);
        const { id, incarnation } = peer;
        notify({ type: 'link-broken', id, incarnation, message: broken.message });
      },
      crashed,
    },
  });
  const running = core;
  const showBeat = (): void => {
    beat(data.words, heldMemory(data.heapBytesMax));
  };
  const meter = new ThreadMeter(data.beatMs, data.heapBytesMax);
  setInterval(() => {
    meter.beat();
    ambient.beat();
    showBeat();
  }, data.beatMs);
  let loaded = false;
  let ready = false;
  const tellReady = (): void => {
    if (!loaded || !ready) return;
    showBeat();
    notify({ type: 'ready' });
  };
  running.start(factory, data.config as Config, () => {
    ready = true;
    tellReady();
  });
  const control: ActorControl = {
    connect: (grant) => {
      running.linkAdded(actorId(grant.id));
      links.connect(grant, running, () => {
        turned(data.words, running.messagesHandled, realClock.monotonicMs());
      });
    },
    peerExited: (id, life, exit) => {
      running.peerExited({ id: actorId(id), incarnation: incarnation(life) }, exit);
    },
    report: () => ({ counts: running.counts(), report: running.report(), thread: meter.read() }),
    inject: (fault) => running.inject(fault),
    spans: (query) => running.spans(query),
    beat: showBeat,
    setLogLevel: (level) => {
      log.setLevel(level);
    },
    stop: () => {
      running.stop(() => end(0));
    },
    die: () => end(1),
  };
  expose(control, data.control);
  // Main links it on `loaded`: who hears of `ready` finds the links made.
  notify({ type: 'loaded' });
  loaded = true;
  tellReady();
}

/**
 * Runs an edge: an actor that holds TLS or HTTP/2. It is never terminated from outside; it dies tidy, by `destroyAll` and
 * exit in one tick, when it is asked to, when it crashes, and when it has drained.
 */
export function runEdge<P extends Protocol, Config>(
  factory: BehaviourFactory<P, Config>,
  options: ThreadOptions & { readonly destroyAll: () => void },
): void {
  runActor(factory, options);
}
