import t from 'tap';
import { actorId, logIndex, term } from '../../src/base/index.js';
import { EntryType, MemoryStorage } from '../../src/raft/index.js';
import type { Entry } from '../../src/raft/index.js';
import { RaftCheck } from '../../src/sim/raft-check.js';
import type { ReplicaView } from '../../src/store/index.js';

/** What the check looks at of a replica: it leads, and its log has entries of these terms. */
interface Leader {
  readonly name: string;
  readonly leads: number;
  readonly log: readonly number[];
  readonly applied?: number;
}

/** One turn of a replica that has just begun to lead. */
function turn(check: RaftCheck, { name, leads, log, applied = 0 }: Leader): void {
  const machine = { appliedIndex: 0, revision: 0 };
  const storage = new MemoryStorage();
  storage.append(log.map(entryOf));
  const standing = (): object => ({ role: 'leader', leader: name, term: leads });
  const view: unknown = { log: storage, machine, standing };
  check.began(actorId(name), view as ReplicaView);
  machine.appliedIndex = applied;
  machine.revision = applied;
  check.afterTurn(actorId(name));
}

function entryOf(entryTerm: number, at: number): Entry {
  const data = new Uint8Array([entryTerm]);
  return { type: EntryType.normal, term: term(entryTerm), index: logIndex(at + 1), data };
}

/** After the leader of term 26 applied three entries. */
function checkAfterTerm26(): RaftCheck {
  const check = new RaftCheck();
  turn(check, { name: 'store-0', leads: 26, log: [23, 23, 26], applied: 3 });
  return check;
}

t.test('one that learns late that it leads need not have what later terms committed', (t) => {
  turn(checkAfterTerm26(), { name: 'store-1', leads: 25, log: [23, 23, 25] });
  turn(checkAfterTerm26(), { name: 'store-1', leads: 25, log: [23, 23] });
  t.end();
});

t.test('a leader has what was committed in earlier terms', (t) => {
  t.throws(
    () => {
      turn(checkAfterTerm26(), { name: 'store-1', leads: 27, log: [23, 23] });
    },
    { message: 'leader completeness: store-1 leads without entry 3' },
  );
  t.throws(
    () => {
      turn(checkAfterTerm26(), { name: 'store-1', leads: 27, log: [23, 23, 25] });
    },
    { message: 'leader completeness: store-1 leads with another entry 3' },
  );
  t.end();
});
