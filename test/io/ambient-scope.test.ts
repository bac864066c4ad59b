import t from 'tap';
import { ambientScope } from '../../src/io/thread/ambient-scope.js';

const scope = { traceId: 't', spanId: 's', untilMs: Infinity };
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('a scope goes with its work over every pause, and with no other', async (t) => {
  const ambient = ambientScope();
  t.equal(ambient.get(), undefined);
  const apart = (async () => {
    await pause();
    return ambient.get();
  })();
  const within = ambient.run(scope, async () => {
    await pause();
    const outside = ambient.run(undefined, () => ambient.get());
    return [ambient.get(), outside];
  });
  t.equal(ambient.get(), undefined);
  t.same(await within, [scope, undefined]);
  t.equal(await apart, undefined);
});

t.test(
  'after thirty beats without a trace it rests, and works again when there is one',
  async (t) => {
    const ambient = ambientScope();
    const seen: unknown[] = [];
    const work = ambient.run(scope, async () => {
      for (let beat = 0; beat < 30; beat++) {
        seen.push(ambient.get());
        await pause();
        ambient.beat();
      }
      await pause();
      return ambient.get();
    });
    t.equal(await work, undefined);
    t.same(
      seen,
      Array.from({ length: 30 }, () => scope),
    );
    t.same(
      await ambient.run(scope, async () => {
        await pause();
        return ambient.get();
      }),
      scope,
    );
  },
);
