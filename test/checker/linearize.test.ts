import fc from 'fast-check';
import t from 'tap';
import type { Test } from 'tap';
import { checkLinearizable, registerModel, storeModel } from '../../src/checker/index.js';
import type { Model, Operation, RegisterInput, RegisterOutput } from '../../src/checker/index.js';
import { isLinearizable } from './brute-force.js';
import { registerHistory, storeHistory } from './histories.js';

const RUNS = 3000;

type RegisterOperation = Operation<RegisterInput, RegisterOutput>;

function answered(
  client: string,
  begun: number,
  ended: number,
  input: RegisterInput,
  output: RegisterOutput = null,
): RegisterOperation {
  return { client, begun, input, outcome: { type: 'answered', ended, output } };
}
function unanswered(client: string, begun: number, input: RegisterInput): RegisterOperation {
  return { client, begun, input, outcome: { type: 'unknown' } };
}
const put = (value: string, key = 'x'): RegisterInput => ({ type: 'put', key, value });
const get = (key = 'x'): RegisterInput => ({ type: 'get', key });
const swap = (expected: string | null, value: string): RegisterInput => ({
  type: 'compare-and-set',
  key: 'x',
  expected,
  value,
});
/** Every register at once, in one part. */
const allRegisters: Model<ReadonlyMap<string, string | null>, RegisterInput, RegisterOutput> = {
  ...registerModel,
  initial: new Map(),
  step(state, input, output) {
    const after = registerModel.step(state.get(input.key) ?? null, input, output);
    return after === undefined ? undefined : new Map(state).set(input.key, after);
  },
  equal: (a, b) => a === b,
  describeState: (state) => JSON.stringify([...state]),
};

const verdictOf = (history: readonly RegisterOperation[], stepsMax?: number): string =>
  checkLinearizable(registerModel, history, { stepsMax }).verdict;

t.test('concurrent reads may see a write or not, but never go back', (t) => {
  const write = [answered('w', 0, 1, put('1')), answered('w', 2, 10, put('2'))];
  t.equal(
    verdictOf([...write, answered('r', 3, 4, get(), '1'), answered('r', 5, 6, get(), '2')]),
    'ok',
  );
  t.equal(
    verdictOf([...write, answered('r', 3, 4, get(), '2'), answered('q', 5, 6, get(), '1')]),
    'illegal',
    'new-old inversion',
  );
  t.end();
});

t.test('a read that begins after a write has ended sees it', (t) => {
  const history = [answered('w', 0, 1, put('1')), answered('r', 2, 3, get(), null)];
  t.equal(verdictOf(history), 'illegal', 'stale read');
  t.equal(
    verdictOf([answered('w', 0, 2, put('1')), answered('r', 2, 3, get(), null)]),
    'ok',
    'touching is concurrent',
  );
  t.end();
});

t.test('of two compare-and-sets of the same value one fails', (t) => {
  const set = answered('w', 0, 1, put('1'));
  const both = (second: boolean): string =>
    verdictOf([
      set,
      answered('a', 2, 6, swap('1', '2'), true),
      answered('b', 3, 5, swap('1', '3'), second),
    ]);
  t.equal(both(false), 'ok');
  t.equal(both(true), 'illegal', 'lost update');
  t.end();
});

t.test('an unanswered write takes effect at any later time, once, or never', (t) => {
  const open = [answered('w', 0, 1, put('1')), unanswered('u', 2, put('2'))];
  const reads = (...values: string[]): RegisterOperation[] =>
    values.map((value, at) => answered('r', 10 + at * 2, 11 + at * 2, get(), value));
  t.equal(verdictOf([...open, ...reads('1', '1')]), 'ok', 'never');
  t.equal(verdictOf([...open, ...reads('1', '2')]), 'ok', 'later');
  t.equal(verdictOf([...open, ...reads('2', '1')]), 'illegal', 'not undone');
  t.equal(
    verdictOf([answered('r', 0, 1, get(), '2'), unanswered('u', 2, put('2'))]),
    'illegal',
    'not before',
  );
  t.end();
});

t.test('a write that failed has no effect', (t) => {
  const failed: RegisterOperation = {
    client: 'f',
    begun: 0,
    input: put('1'),
    outcome: { type: 'failed' },
  };
  t.equal(verdictOf([failed, answered('r', 2, 3, get(), null)]), 'ok');
  t.equal(verdictOf([failed, answered('r', 2, 3, get(), '1')]), 'illegal');
  t.end();
});

t.test('parts are checked each for itself', (t) => {
  const writes = Array.from({ length: 40 }, (_, at) =>
    answered(`w${String(at)}`, at, 100, put(`v${String(at)}`, `k${String(at)}`)),
  );
  const reads = writes.map(({ input }, at) =>
    answered('r', 200 + at, 201 + at, get(input.key), `v${String(at)}`),
  );
  const checked = checkLinearizable(registerModel, [...writes, ...reads]);
  t.equal(checked.verdict, 'ok');
  t.equal(checked.steps, 80);
  t.end();
});

t.test('a search that is too long ends as unknown', (t) => {
  const writes = Array.from({ length: 12 }, (_, at) =>
    answered(`w${String(at)}`, 0, 100, put(String(at))),
  );
  const history = [...writes, answered('r', 200, 201, get(), 'nobody wrote this')];
  t.equal(verdictOf(history, 1000), 'unknown');
  t.equal(verdictOf(history), 'illegal', 'the cache makes it short: 12 × 2^11 configurations');
  t.end();
});

t.test('an illegal history is explained', (t) => {
  const history = [
    answered('w', 0, 1, put('1')),
    answered('w', 2, 3, put('2')),
    answered('r', 4, 5, get(), '1'),
    answered('r', 6, 7, get('other'), null),
  ];
  const checked = checkLinearizable(registerModel, history);
  t.match(checked, {
    verdict: 'illegal',
    explanation: {
      operations: history.slice(0, 3),
      prefix: [
        { text: 'w: put x = 1', stateAfter: '1' },
        { text: 'w: put x = 2', stateAfter: '2' },
      ],
      stuck: [{ operation: history[2], text: 'r: get x → 1' }],
    },
  });
  t.end();
});

t.test('the checker agrees with brute force on small histories of registers', (t) => {
  agree(
    t,
    registerHistory,
    (history) => checkLinearizable(registerModel, history).verdict,
    (history) => isLinearizable(allRegisters, history),
  );
  t.end();
});

t.test('the checker agrees with brute force on small histories of the store', (t) => {
  const withoutEvidence = storeModel([]);
  agree(
    t,
    storeHistory,
    (history) => checkLinearizable(storeModel(history), history).verdict,
    (history) => isLinearizable(withoutEvidence, history),
  );
  t.end();
});

function agree<History>(
  t: Test,
  histories: fc.Arbitrary<History>,
  check: (history: History) => 'ok' | 'illegal' | 'unknown',
  bruteForce: (history: History) => boolean,
): void {
  const counts = { ok: 0, illegal: 0, unknown: 0 };
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.comment(`fast-check seed ${String(seed)}`);
  fc.assert(
    fc.property(histories, (history) => {
      const verdict = check(history);
      counts[verdict]++;
      return verdict === (bruteForce(history) ? 'ok' : 'illegal');
    }),
    { seed, numRuns: RUNS },
  );
  t.comment(`${String(counts.ok)} legal, ${String(counts.illegal)} illegal`);
  t.equal(counts.unknown, 0);
  t.ok(counts.ok > RUNS / 40, 'legal histories');
  t.ok(counts.illegal > RUNS / 40, 'illegal histories');
}
