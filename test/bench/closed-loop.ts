/** What a closed loop measured: so many clients, each with one request under way. */
export interface LoopResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

export interface LoopOptions {
  /** Measured after this share of the time: before it V8 compiles what runs. */
  readonly warmUpShare?: number;
  /** Ends earlier, after so many requests. */
  readonly requestsMax?: number;
}

/** `clients` loops of `request`, each a request after the other, for `seconds`. */
export async function closedLoop(
  clients: number,
  seconds: number,
  request: (n: number, client: number) => Promise<boolean>,
  { warmUpShare = 0.25, requestsMax = Infinity }: LoopOptions = {},
): Promise<LoopResult> {
  const beganMs = performance.now();
  const measureFromMs = beganMs + seconds * 1000 * warmUpShare;
  const endMs = beganMs + seconds * 1000;
  const latenciesMs: number[] = [];
  let [n, failed] = [0, 0];
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let nowMs = performance.now(); nowMs < endMs && n < requestsMax; ) {
        const sentMs = nowMs;
        const done = await request(n++, client);
        nowMs = performance.now();
        if (!done) failed++;
        else if (sentMs >= measureFromMs) latenciesMs.push(nowMs - sentMs);
      }
    }),
  );
  latenciesMs.sort((a, b) => a - b);
  const rank = (share: number): number =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))] ?? NaN;
  return {
    perSecond: latenciesMs.length / ((Math.min(endMs, performance.now()) - measureFromMs) / 1000),
    p50Ms: rank(0.5),
    p99Ms: rank(0.99),
    failed,
  };
}
