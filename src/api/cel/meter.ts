/** An evaluation went beyond its cost. No `&&` makes nothing of it. */
export class CostExceeded extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** Counts what an evaluation costs, in CEL's units: about 50 ns each in Kubernetes. */
export interface Meter {
  /** Throws `CostExceeded`. */
  charge(cost: number): void;
  readonly spent: number;
}

export function createMeter(limit: number): Meter {
  let spent = 0;
  return {
    charge(cost) {
      spent += cost;
      if (spent > limit) throw new CostExceeded();
    },
    get spent() {
      return spent;
    },
  };
}
