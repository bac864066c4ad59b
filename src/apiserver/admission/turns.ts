/** Work that must not overlap: one at a time for each name, in the order in which it came. */
export interface Turns {
  take<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** What waits is bounded by the requests in flight. */
export function turnsOf(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(name, work) {
      const before = last.get(name);
      let end = (): void => undefined;
      const turn = new Promise<void>((resolve) => {
        end = resolve;
      });
      last.set(name, turn);
      await before;
      try {
        return await work();
      } finally {
        end();
        if (last.get(name) === turn) last.delete(name);
      }
    },
  };
}
