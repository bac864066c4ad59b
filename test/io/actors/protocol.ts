import type { ActorCounts } from '../../../src/actor/index.js';

/** What the actors of these tests understand. */
export interface WorkshopProtocol {
  tells: {
    add: { n: number };
    /** Misbehave. */
    fail: { how: 'throw' | 'reject' | 'timer' | 'loop' | 'exit' | 'allocate' };
  };
  asks: {
    echo: { request: unknown; reply: unknown };
    /** Never answered. */
    hold: { request: object; reply: never };
    /** Written and synced to a file before the answer; one sync a turn. */
    write: { request: { data: Uint8Array }; reply: { written: number } };
    added: { request: object; reply: { sum: number } };
  };
  streams: {
    count: { request: { upTo: number }; item: number };
  };
}

export interface WorkshopConfig {
  /** The file that `write` appends to. */
  readonly file: string;
}

export interface DriverConfig {
  readonly target: string;
  /** Asks that are never answered, kept outstanding to each life. */
  readonly holds: number;
  /** Asks that are answered after a write, each sent anew when it ends. */
  readonly writes: number;
}

export interface DriverReport {
  /** Lives of the target that came up. */
  readonly lives: number;
  /** Asks of any kind that have not ended. */
  readonly pending: number;
  /** Asks to lives that are over and have not ended: none, ever. */
  readonly lost: number;
  readonly ended: Readonly<Record<string, number>>;
  readonly writesAnswered: number;
}

export interface FrontConfig {
  readonly port: number;
  /** PEM. */
  readonly privateKey: string;
  readonly certificate: string;
}

export interface HookCallerConfig {
  readonly url: string;
  /** PEM. */
  readonly caBundle: string;
  /** At once. */
  readonly calls: number;
}

export interface ProbeReport {
  readonly busy: boolean;
  readonly result: unknown;
}

export type Misdeed =
  | 'throw'
  | 'reject'
  | 'assert'
  | 'exit 0'
  | 'exit 1'
  | 'recursion'
  | 'heap'
  | 'heap in turns'
  | 'map'
  | 'keys'
  | 'loop'
  | 'regex'
  | 'wait'
  | 'wait for six seconds'
  | 'native'
  | 'buffers'
  | 'buffers without end';

export interface CulpritConfig {
  /** Undefined: only what is injected. */
  readonly when?: 'factory' | 'start' | 'stop';
  readonly how?: Misdeed;
  /** What `native` reads. */
  readonly file?: string;
}

export interface MessengerProtocol {
  tells: { note: unknown; fail: string };
  asks: { echo: { request: unknown; reply: unknown } };
  streams: object;
}

export interface MessengerReport {
  /** What happened, in order: `up 1`, `down 1 link-broken`, `exited 1 crash: reason`, `down of a monitor: …`, notes. */
  readonly events: readonly string[];
  readonly counts: ActorCounts;
}
