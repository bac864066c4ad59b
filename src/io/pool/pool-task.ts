/** What a thread of the pool sends back. Failures are data: what rejects in the pool is then a thread's own death. */
export type TaskAnswer<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly message: string; readonly stack: string };

/**
 * A pool's program is a module whose default export is one of these:
 *
 * ```ts
 * export default poolTask((seed: number) => runSeed(seed));
 * ```
 *
 * Input and output are plain data, as `structuredClone` takes it.
 */
export function poolTask<Input, Output>(
  work: (input: Input) => Output | Promise<Output>,
): (input: Input) => Promise<TaskAnswer<Output>> {
  return async (input) => {
    try {
      return { ok: true, value: await work(input) };
    } catch (error) {
      return error instanceof Error
        ? { ok: false, message: error.message, stack: error.stack ?? error.message }
        : { ok: false, message: String(error), stack: String(error) };
    }
  };
}
