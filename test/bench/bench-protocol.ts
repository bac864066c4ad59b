/** What the echo of the benchmarks understands. */
export interface EchoProtocol {
  tells: {
    /** Counted, and thrown away. */
    item: BenchItem;
    crash: object;
  };
  asks: {
    echo: { request: { n: number }; reply: { n: number } };
    /** How many items it has seen in this life. */
    items: { request: object; reply: { seen: number } };
  };
  streams: object;
}

/** About 200 bytes in msgpack: what a small message between components is like. */
export interface BenchItem {
  readonly n: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly data: string;
}

const DATA = 'x'.repeat(150);

export function benchItem(n: number): BenchItem {
  return { n, kind: 'Pod', namespace: 'default', name: 'web-5c9d8f7b6-x2x4q', data: DATA };
}

/** What the caller is told to do by `inject`; its report has the outcome. */
export type BenchOrder =
  /** Asks one after another. */
  | { readonly type: 'asks'; readonly count: number }
  /** Tells as fast as credit allows, until all are handled. */
  | { readonly type: 'tells'; readonly count: number }
  /** Crashes the echo, and asks it until it answers. */
  | { readonly type: 'crash' };

export interface BenchReport {
  /** Of the order that was done last; undefined: it is under way. */
  readonly tookMs: number | undefined;
}
