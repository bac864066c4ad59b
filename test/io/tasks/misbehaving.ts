import { poolTask } from '../../../src/io/pool/index.js';

export type Task =
  | { readonly type: 'double'; readonly n: number }
  | { readonly type: 'throw' | 'crash' | 'exit' | 'allocate' | 'loop' | 'function' }
  /** Adds one to the first word of `shared`, and blocks until the second is no longer 0. */
  | { readonly type: 'hold'; readonly shared: Int32Array };

/** What the pool's test has done in a thread. */
export default poolTask((task: Task): unknown => {
  switch (task.type) {
    case 'double':
      return task.n * 2;
    case 'throw':
      throw new RangeError('thrown on purpose');
    case 'crash':
      setImmediate(() => {
        throw new Error('crashed on purpose');
      });
      return new Promise(() => undefined);
    case 'exit':
      return process.exit(3);
    case 'allocate': {
      const held: unknown[] = [];
      for (;;) held.push(new Array(1000).fill(held.length));
    }
    case 'loop':
      for (;;);
    case 'function':
      return () => undefined;
    case 'hold':
      Atomics.add(task.shared, 0, 1);
      Atomics.wait(task.shared, 1, 0);
      return 'released';
  }
});
