import type { Along } from '../storage/object-storage.js';
import type { StoredQuota } from './newest-quotas.js';

/** So many writes of one namespace are under way at a time. */
const UNDER_WAY_MAX = 32;

/**
 * The charged writes of one namespace, one behind the other: each is sent while those before it are still under way, on
 * condition that its quotas are what those make of them. So one that fails takes those behind it along, which are sent again.
 */
export interface QuotaChain {
  /** Resolves when a write may be sent, those with lower tickets first. Each `enter` is followed by one `leave`. */
  enter(ticket: number): Promise<void>;
  leave(): void;
  /** What is sent now would fail: enter again. */
  readonly broken: boolean;
  /** These quotas, as they are once all that is under way is written. */
  after(stored: readonly StoredQuota[]): readonly StoredQuota[];
  /** Notes that a write is sent, which changes these quotas so. The link is to be told of its end. */
  send(charges: readonly Charge[]): ChainLink;
  /** Resolves when all that is under way now has ended. */
  ended(): Promise<void>;
}

/** What a write makes of a quota. */
export interface Charge extends Along {
  readonly quota: StoredQuota['quota'];
}

export interface ChainLink {
  ended(isWritten: boolean): void;
}

/** The chains of all namespaces in which somebody writes. */
export function quotaChains(): { of(namespace: string): QuotaChain } {
  const chains = new Map<string, QuotaChain>();
  return {
    of(namespace) {
      const known = chains.get(namespace);
      if (known !== undefined) return known;
      const chain = quotaChain(() => chains.delete(namespace));
      chains.set(namespace, chain);
      return chain;
    },
  };
}

interface Waiter {
  readonly ticket: number;
  readonly go: () => void;
}

/** `onIdle`: nobody is in it, and nobody waits. Who waits is bounded by the requests in flight. */
function quotaChain(onIdle: () => void): QuotaChain {
  const expected = new Map<string, { readonly link: ChainLink; readonly quota: StoredQuota }>();
  const underWay = new Map<ChainLink, { readonly end: Promise<void>; readonly done: () => void }>();
  const waiting: Waiter[] = [];
  let inside = 0;
  let broken = false;
  /** After a failure one is sent alone: where many fail, those behind them are not sent in vain again and again. */
  let insideMax = UNDER_WAY_MAX;

  function admit(): void {
    while (!broken && inside < insideMax) {
      const next = waiting.shift();
      if (next === undefined) return;
      inside++;
      next.go();
    }
  }

  function end(link: ChainLink, isWritten: boolean): void {
    underWay.get(link)?.done();
    underWay.delete(link);
    if (isWritten) {
      insideMax = Math.min(UNDER_WAY_MAX, insideMax + 1);
      for (const [key, last] of expected) if (last.link === link) expected.delete(key);
    } else {
      insideMax = 1;
      expected.clear();
      broken = true;
    }
    if (underWay.size === 0) broken = false;
  }

  return {
    enter: (ticket) =>
      new Promise((resolve) => {
        const at = waiting.findIndex((other) => other.ticket > ticket);
        waiting.splice(at < 0 ? waiting.length : at, 0, { ticket, go: resolve });
        admit();
      }),
    leave() {
      inside--;
      admit();
      if (inside === 0 && waiting.length === 0) onIdle();
    },
    get broken() {
      return broken;
    },
    after: (stored) => stored.map((each) => expected.get(each.key)?.quota ?? each),
    send(charges) {
      const link: ChainLink = {
        ended: (isWritten) => {
          end(link, isWritten);
        },
      };
      let done = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        done = resolve;
      });
      underWay.set(link, { end: ended, done });
      for (const { key, value, quota } of charges)
        expected.set(key, { link, quota: { key, expected: value, quota } });
      return link;
    },
    async ended() {
      await Promise.all([...underWay.values()].map((each) => each.end));
    },
  };
}
