export interface GapWindow {
  readonly acknowledged: number;
  readonly refused: number;
  /** The longest time without an acknowledged write. */
  readonly longestGapMs: number;
}

/** Measures the longest time between two acknowledgements, window by window. */
export function gapMeter(startMs: number): {
  acknowledged(nowMs: number): void;
  refused(): void;
  take(nowMs: number): GapWindow;
} {
  let [acknowledged, refused, longestGapMs, lastMs] = [0, 0, 0, startMs];
  return {
    acknowledged(nowMs) {
      acknowledged++;
      longestGapMs = Math.max(longestGapMs, nowMs - lastMs);
      lastMs = nowMs;
    },
    refused() {
      refused++;
    },
    take(nowMs) {
      const window = {
        acknowledged,
        refused,
        longestGapMs: Math.max(longestGapMs, nowMs - lastMs),
      };
      [acknowledged, refused, longestGapMs] = [0, 0, 0];
      return window;
    },
  };
}
