import t from 'tap';
import type { LogIndex, NodeId, Term } from '../../src/base/index.js';
import { message } from '../../src/raft/index.js';
import { beyondLog, withoutCommit } from '../../src/store/log-repair.js';

const place = { from: 1 as NodeId, to: 2 as NodeId, term: 3 as Term };
const END = 20 as LogIndex;

t.test('a replica under repair lets entries go by that do not follow its log', (t) => {
  const append = (index: number): boolean =>
    beyondLog(message({ type: 'MsgApp', ...place, index }), END);
  t.notOk(append(19));
  t.notOk(append(20));
  t.ok(append(21), 'its rejection would bring the same again, at once and without end');
  t.notOk(beyondLog(message({ type: 'MsgHeartbeat', ...place, index: 21 }), END));
  t.end();
});

t.test(
  'a heartbeat commits nothing in a log under repair: other entries may stand in those places',
  (t) => {
    const heartbeat = message({ type: 'MsgHeartbeat', ...place, commit: 18 });
    t.equal(withoutCommit(heartbeat).commit, 0);
    const append = message({ type: 'MsgApp', ...place, commit: 18 });
    t.equal(withoutCommit(append).commit, 18, 'entries that follow the log say what is committed');
    t.end();
  },
);
