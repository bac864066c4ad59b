import t from 'tap';
import type { LogIndex } from '../../src/base/index.js';
import {
  EMPTY_BYTES,
  entry,
  entrySizeBytes,
  EntryType,
  MemoryStorage,
  message,
} from '../../src/raft/index.js';
import type { Entry } from '../../src/raft/index.js';
import {
  append,
  findConflictByTerm,
  isUpToDate,
  lastIndex,
  maybeAppend,
  maybeCommitTo,
  newLog,
  slice,
  termAt,
} from '../../src/raft/log.js';
import type { RaftLog } from '../../src/raft/log.js';
import { acceptInProgress, nextEntries, stableTo } from '../../src/raft/unstable.js';
import { bootStorage, newMember, SILENT } from './cluster.js';

/** Entries with these terms, from index `from` on. */
function entriesOf(terms: readonly number[], from = 1): Entry[] {
  return terms.map((term, at) => entry(EntryType.normal, EMPTY_BYTES, term, from + at));
}

function logOf(stored: readonly number[], unstable: readonly number[] = []): RaftLog {
  const storage = new MemoryStorage();
  storage.append(entriesOf(stored));
  const log = newLog(storage, SILENT, Infinity);
  append(log, entriesOf(unstable, stored.length + 1));
  return log;
}

t.test('a log is newer by its last term, then by its length (Raft §5.4.1)', (t) => {
  const log = logOf([1, 2], [3]);
  const judge = (term: number, index: number) => isUpToDate(log, { term, index });
  t.same(
    [judge(4, 1), judge(3, 4), judge(3, 3), judge(3, 2), judge(2, 9)],
    [true, true, true, false, false],
  );
  t.end();
});

t.test(
  'entries connect where index and term agree, and conflicting ones give way (Raft §5.3)',
  (t) => {
    const log = logOf([1, 1], [2, 2]);
    log.committed = 1;
    const take = (term: number, index: number, terms: readonly number[], commit: number) =>
      maybeAppend(log, { prev: { term, index }, entries: entriesOf(terms, index + 1) }, commit);
    t.equal(take(3, 4, [4], 4), null, 'another term at the place before');
    t.equal(take(2, 9, [4], 9), null, 'a gap');
    t.equal(take(2, 4, [], 3), 4);
    t.equal(log.committed, 3, "the leader's commit index");
    t.equal(take(2, 3, [3, 3], 9), 5);
    t.equal(log.committed, 5, 'not beyond what was sent');
    t.same(
      [1, 2, 3, 4, 5].map((index) => termAt(log, index)),
      [1, 1, 2, 3, 3],
    );
    t.throws(() => take(2, 3, [9], 5), 'a committed entry never changes');
    t.end();
  },
);

t.test('a repeated MsgApp cuts nothing off (Raft §5.3: only conflicts delete)', (t) => {
  const log = logOf([], [1, 1, 1]);
  maybeAppend(log, { prev: { term: 0, index: 0 }, entries: entriesOf([1]) }, 0);
  t.equal(lastIndex(log), 3);
  t.end();
});

t.test('a leader commits nothing of an earlier term by counting (Raft §5.4.2, figure 8)', (t) => {
  const log = logOf([1, 2], [4]);
  t.equal(maybeCommitTo(log, { term: 4, index: 2 }), false, 'a majority has the entry of term 2');
  t.equal(log.committed, 0);
  t.equal(
    maybeCommitTo(log, { term: 4, index: 3 }),
    true,
    'with one of its own all before is committed',
  );
  t.equal(log.committed, 3);
  t.end();
});

t.test('the place where logs may agree is found a term at a time (Raft §5.3)', (t) => {
  const leader = logOf([1, 3, 3, 3, 5, 5, 5, 5, 5]);
  t.same(findConflictByTerm(leader, 6, 2), { index: 1, term: 1 });
  const follower = logOf([1, 3, 3, 4, 4, 5, 5, 5, 6]);
  t.same(findConflictByTerm(follower, 8, 3), { index: 3, term: 3 });
  t.same(findConflictByTerm(follower, 12, 3), { index: 12, term: 0 }, 'unknown: it may be there');
  t.end();
});

t.test('a slice spans stable and unstable entries, within the limit', (t) => {
  const log = logOf([1, 1, 1], [1, 1]);
  const size = entrySizeBytes(entry(EntryType.normal, EMPTY_BYTES, 1, 1));
  const indexes = (lo: number, hi: number, max: number) =>
    slice(log, lo, hi, max)?.map(({ index }) => index);
  t.same(indexes(2, 6, Infinity), [2, 3, 4, 5]);
  t.same(indexes(2, 6, 3 * size), [2, 3, 4]);
  t.same(indexes(2, 6, 2 * size), [2, 3]);
  t.same(indexes(4, 6, 0), [4]);
  t.same(indexes(6, 6, 0), []);
  t.ok(new MemoryStorage().lastIndex() === (0 as LogIndex));
  t.end();
});

t.test(
  'entries that are replaced while they are written are not stable when that write ends',
  (t) => {
    const { unstable } = logOf([1], [1, 1]);
    acceptInProgress(unstable);
    t.same(nextEntries(unstable), []);
    const log = logOf([1], [1, 1]);
    acceptInProgress(log.unstable);
    append(log, entriesOf([2], 3));
    t.same(
      nextEntries(log.unstable).map(({ term }) => term),
      [2],
      'the new one is to be written',
    );
    stableTo(log.unstable, { term: 1, index: 3 });
    t.equal(log.unstable.entries.length, 2, 'the old write does not vouch for it');
    stableTo(log.unstable, { term: 2, index: 3 });
    t.equal(log.unstable.entries.length, 0);
    t.end();
  },
);

t.test(
  'a write of an earlier term vouches for no entry, even for one with the same index and term',
  (t) => {
    const one = newMember(1, bootStorage([1, 2, 3]), { asyncStorageWrites: true });
    const send = (term: number, entryTerm: number) =>
      one.raw.step(
        message({
          type: 'MsgApp',
          from: term,
          to: 1,
          term,
          index: 1,
          logTerm: 1,
          entries: [entry(EntryType.normal, EMPTY_BYTES, entryTerm, 2)],
        }),
      );
    const writes = () => one.raw.ready().messages.filter(({ type }) => type === 'MsgStorageAppend');
    send(1, 1);
    const [first] = writes();
    send(2, 2);
    const [second] = writes();
    send(3, 1);
    const [third] = writes();
    const finish = (write: typeof first) => {
      for (const response of write?.responses ?? []) {
        if (response.type === 'MsgStorageAppendResp') one.raw.step(response);
      }
    };
    const commit = () => {
      one.raw.step(message({ type: 'MsgHeartbeat', from: 3, to: 1, term: 3, commit: 2 }));
      return one.raw.ready().committedEntries.length;
    };
    finish(first);
    t.equal(commit(), 0, 'the second write would overwrite it on disk');
    finish(second);
    one.storage.append(third?.entries ?? []);
    finish(third);
    t.equal(commit(), 1);
    t.end();
  },
);
