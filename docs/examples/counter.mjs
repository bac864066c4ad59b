// A counter that crashes, and goes on from where it was. Run it: node docs/examples/counter.mjs
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { childSpec, supervisorSpec } from 'kubactor/actor';
import { runActor, startSystem } from 'kubactor/host';

const counter = (_context, tally) => {
  let count = readFileSync(tally, { flag: 'a+' }).length; // The marks of the lives before.
  const next = (call) => {
    appendFileSync(tally, '|'); // It is kept before anybody hears of it.
    call.reply(++count);
  };
  return { start() {}, tells: { stumble() { throw Error('stumbled'); } }, asks: { next }, streams: {} };
};
const customer = ({ ask, ref, tell }) => {
  const draw = async (turn) => {
    if (turn === 4) tell(ref('counter'), 'stumble', {});
    const drawn = await ask(ref('counter'), 'next', {}, { timeoutMs: 5000, whenDown: 'wait' });
    console.log(drawn.ok ? drawn.value : drawn.error.code);
    return turn < 6 ? draw(turn + 1) : process.exit(0); // Transient: that was all it had to do.
  };
  return { start: () => void draw(1), tells: {}, asks: {}, streams: {} };
};
if (isMainThread) {
  const [entryUrl, logFolder] = [() => new URL(import.meta.url), mkdtempSync('/tmp/counter-')];
  const counter = childSpec('counter', { config: `${logFolder}/tally`, links: ['customer'] });
  const tree = supervisorSpec([counter, childSpec('customer', { restart: 'transient' })]);
  const system = startSystem(tree, { entryUrl, logFolder, logLevel: 'info' });
  system.onEvent(({ type, id }) => type === 'died' && id === 'customer' && void system.stop());
} else runActor((context, config) => ({ counter, customer })[context.self.id](context, config));
