import { randomBelow, randomFraction, randomPick } from '../base/index.js';
import type { Random } from '../base/index.js';
import type { StoreAction, StoreInput, StoreTxn } from '../checker/index.js';

/** Few, so that clients meet. */
const KEYS = Array.from({ length: 6 }, (_, at) => `k${String(at)}`);
/** Keys with a lease begin with `l`. */
export const ALL_KEYS = { key: 'k', rangeEnd: 'm' } as const;

/** What a client knows when it decides. */
export interface ClientKnowledge {
  /** The newest that it saw of each key. */
  readonly modRevisions: ReadonlyMap<string, number>;
  readonly revision: number;
  /** A value that nobody has written. */
  freshValue(): string;
}

export type DrawnOperation =
  | { readonly type: 'txn'; readonly input: StoreTxn }
  | {
      readonly type: 'range' | 'serializable-range';
      readonly input: StoreInput & { type: 'range' };
    }
  | { readonly type: 'compact'; readonly input: StoreInput & { type: 'compact' } }
  /** A key of its own that goes with its lease. */
  | { readonly type: 'lease'; readonly ttlSeconds: number; readonly renewals: number };

type Draw = (random: Random, knowledge: ClientKnowledge) => DrawnOperation;

const KINDS: readonly (readonly [share: number, draw: Draw])[] = [
  [28, (random, known) => txn([putOf(randomPick(random, KEYS), known)])],
  [8, drawUpdate],
  [14, drawSwap],
  [8, (random) => txn([{ type: 'delete', key: randomPick(random, KEYS) }])],
  [2, () => txn([{ type: 'delete', key: 'k2', rangeEnd: 'k5' }])],
  [9, drawMany],
  [13, drawGet],
  [5, drawGetAll],
  [5, drawPast],
  [5, () => ({ type: 'serializable-range', input: { type: 'range', ...ALL_KEYS } })],
  [1, drawCompact],
  [2, drawLease],
];
const READS = KINDS.filter(([, draw]) => draw === drawGet || draw === drawGetAll);

/** A client that only reads is not sent elsewhere by a write: it stays with a leader that has been deposed. */
export type ClientHabit = 'mixed' | 'reads-only';

export function drawOperation(
  random: Random,
  habit: ClientHabit,
  knowledge: ClientKnowledge,
): DrawnOperation {
  const kinds = habit === 'mixed' ? KINDS : READS;
  let left = randomFraction(random) * kinds.reduce((sum, [share]) => sum + share, 0);
  for (const [share, draw] of kinds) {
    left -= share;
    if (left < 0) return draw(random, knowledge);
  }
  return drawGet(random);
}

function txn(
  success: readonly StoreAction[],
  compare: StoreTxn['compare'] = [],
  failure: readonly StoreAction[] = [],
): DrawnOperation {
  return { type: 'txn', input: { type: 'txn', compare, success, failure } };
}

function putOf(key: string, known: ClientKnowledge): StoreAction {
  return { type: 'put', key, value: known.freshValue() };
}

function drawGet(random: Random): DrawnOperation {
  return { type: 'range', input: { type: 'range', key: randomPick(random, KEYS) } };
}

function drawGetAll(): DrawnOperation {
  return { type: 'range', input: { type: 'range', ...ALL_KEYS } };
}

/** Needs the key to be there. */
function drawUpdate(random: Random, known: ClientKnowledge): DrawnOperation {
  const key = randomPick(random, KEYS);
  return txn([putOf(key, known)], [{ key, target: 'version', result: '>', value: 0 }]);
}

/** Kubernetes' update: only what was seen last is replaced; else it is read again. */
function drawSwap(random: Random, known: ClientKnowledge): DrawnOperation {
  const key = randomPick(random, KEYS);
  const value = known.modRevisions.get(key) ?? 0;
  return txn(
    [putOf(key, known)],
    [{ key, target: 'mod', result: '=', value }],
    [{ type: 'range', key }],
  );
}

/** Writes, deletes and reads keys at once. */
function drawMany(random: Random, known: ClientKnowledge): DrawnOperation {
  const at = randomBelow(random, KEYS.length);
  const keyAt = (offset: number): string => KEYS[(at + offset) % KEYS.length] ?? '';
  const actions: StoreAction[] = [
    putOf(keyAt(0), known),
    putOf(keyAt(1), known),
    { type: 'delete', key: keyAt(2) },
    { type: 'range', key: keyAt(3) },
  ];
  return txn(
    actions,
    [{ key: keyAt(3), target: 'create', result: '>', value: 0 }],
    [putOf(keyAt(3), known)],
  );
}

function drawPast(random: Random, { revision }: ClientKnowledge): DrawnOperation {
  const past = Math.max(1, revision - randomBelow(random, 60));
  return { type: 'range', input: { type: 'range', ...ALL_KEYS, revision: past } };
}

function drawCompact(random: Random, { revision }: ClientKnowledge): DrawnOperation {
  const past = Math.max(1, revision - randomBelow(random, 60));
  return { type: 'compact', input: { type: 'compact', revision: past } };
}

function drawLease(random: Random): DrawnOperation {
  return {
    type: 'lease',
    ttlSeconds: 1 + randomBelow(random, 3),
    renewals: randomBelow(random, 3),
  };
}
