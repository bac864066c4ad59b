import type { ActorContext } from '../actor/index.js';
import { unpackTrace } from '../actor/index.js';
import type { StorePort, TxnRequest } from './storage/store-port.js';

/** Traced writes of which a watch event may still come; the oldest make room. */
const WRITES_MAX = 1024;
/** What one trace sets off is followed for so long: components that answer each other's writes shall not go on for ever. */
const FOLLOW_MS = 60_000;
const TRACES_MAX = 1024;

interface TracedWrite {
  readonly trace: string;
  /** Undefined until the store has answered; its event may come first. */
  revision: number | undefined;
}

/**
 * Which trace wrote what, so that a watch event can name the trace that it comes from. It is kept beside the store: an entry
 * of the Raft log that named its trace would be longer for every write, and be kept for ever.
 */
export class TracedWrites {
  readonly #nowMs: () => number;
  readonly #byKey = new Map<string, TracedWrite>();
  readonly #firstSeenMs = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Returns what to tell of its end; undefined: what it sets off is no longer followed. */
  begin(
    keys: readonly string[],
    trace: string,
  ): ((revision: number | undefined) => void) | undefined {
    if (!this.#isYoung(unpackTrace(trace).traceId)) return undefined;
    const write: TracedWrite = { trace, revision: undefined };
    for (const key of keys) setBounded(this.#byKey, key, write, WRITES_MAX);
    return (revision) => {
      write.revision = revision;
      if (revision !== undefined) return;
      for (const key of keys) if (this.#byKey.get(key) === write) this.#byKey.delete(key);
    };
  }

  /** The trace that made this revision of this key, as far as is known. */
  traceOf(key: string, revision: number | undefined): string | undefined {
    if (this.#byKey.size === 0 || revision === undefined) return undefined;
    const write = this.#byKey.get(key);
    return write !== undefined && (write.revision ?? revision) === revision
      ? write.trace
      : undefined;
  }

  #isYoung(traceId: string): boolean {
    const firstMs = this.#firstSeenMs.get(traceId);
    if (firstMs !== undefined) return this.#nowMs() - firstMs <= FOLLOW_MS;
    setBounded(this.#firstSeenMs, traceId, this.#nowMs(), TRACES_MAX);
    return true;
  }
}

function setBounded<K, V>(map: Map<K, V>, key: K, value: V, sizeMax: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= sizeMax) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

/** The same store, whose traced writes are noted. */
export function noteTracedWrites(
  context: ActorContext,
  store: StorePort,
  writes: TracedWrites,
): StorePort {
  if (context.tracing === undefined) return store;
  return {
    ...store,
    async txn(request, options) {
      const trace = context.tracing?.current();
      const keys = trace === undefined ? [] : keysOf(request);
      if (trace === undefined || keys.length === 0) return await store.txn(request, options);
      const ended = writes.begin(keys, trace);
      const answer = await store.txn(request, options);
      const written = answer.ok && answer.value.succeeded;
      ended?.(written ? Number(answer.value.header.revision) : undefined);
      return answer;
    },
  };
}

/** A write that failed is of no event; one whose end is unknown may yet be, and is not followed. */
function keysOf({ success }: TxnRequest): string[] {
  return success.flatMap((operation) =>
    operation.type === 'put' || operation.type === 'deleteRange' ? [operation.key] : [],
  );
}
