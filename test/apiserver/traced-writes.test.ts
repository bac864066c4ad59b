import t from 'tap';
import type { ActorContext } from '../../src/actor/index.js';
import { failed, ok } from '../../src/base/index.js';
import type { StorePort, TxnRequest, TxnValue } from '../../src/apiserver/storage/store-port.js';
import { describeRequest } from '../../src/apiserver/describe.js';
import { noteTracedWrites, TracedWrites } from '../../src/apiserver/traced-writes.js';
import { describeStoreRequest } from '../../src/store/describe-request.js';

const KEY = '/registry/pods/default/web-1';
const SPAN = '-00000000000000aa';

t.test('an event is of the trace whose write made its revision', async (t) => {
  const writes = new TracedWrites(() => 0);
  t.equal(writes.traceOf(KEY, 7), undefined);
  const ended = writes.begin([KEY], `one${SPAN}`);
  t.equal(writes.traceOf(KEY, 7), `one${SPAN}`, 'the event may come before the answer');
  ended?.(7);
  t.equal(writes.traceOf(KEY, 7), `one${SPAN}`);
  t.equal(writes.traceOf(KEY, 8), undefined);
  t.equal(writes.traceOf(KEY, undefined), undefined, 'an initial event is of no write');
  t.equal(writes.traceOf('/registry/pods/default/web-2', 7), undefined);
});

t.test('a write that failed makes no event', async (t) => {
  const writes = new TracedWrites(() => 0);
  writes.begin([KEY], `one${SPAN}`)?.(undefined);
  t.equal(writes.traceOf(KEY, 7), undefined);
  const first = writes.begin([KEY], `one${SPAN}`);
  writes.begin([KEY], `two${SPAN}`)?.(8);
  first?.(undefined);
  t.equal(writes.traceOf(KEY, 8), `two${SPAN}`, 'its end is not that of another');
});

t.test('what a trace sets off is followed for a minute, and what is kept is bounded', async (t) => {
  let nowMs = 0;
  const writes = new TracedWrites(() => nowMs);
  t.ok(writes.begin([KEY], `one${SPAN}`));
  nowMs = 60_000;
  t.ok(writes.begin([KEY], 'one-00000000000000bb'));
  nowMs = 60_001;
  t.notOk(writes.begin([KEY], 'one-00000000000000cc'));
  t.ok(writes.begin([KEY], `two${SPAN}`));
  for (let n = 0; n < 2000; n++) writes.begin([`${KEY}-${String(n)}`], `t${String(n)}${SPAN}`)?.(n);
  t.equal(writes.traceOf(`${KEY}-100`, 100), undefined);
  t.equal(writes.traceOf(`${KEY}-1999`, 1999), `t1999${SPAN}`);
});

t.test(
  'the store under a trace: writes are noted, reads and what is not traced are not',
  async (t) => {
    const writes = new TracedWrites(() => 0);
    let trace: string | undefined = undefined;
    let succeeded: boolean | 'lost' = true;
    const store = {
      txn: () =>
        Promise.resolve(
          succeeded === 'lost'
            ? failed({ code: 'timeout', message: '' })
            : ok({ succeeded, header: { revision: 9 }, responses: [] } as unknown as TxnValue),
        ),
    } as unknown as StorePort;
    const context = { tracing: { current: () => trace } } as unknown as ActorContext;
    const noted = noteTracedWrites(context, store, writes);
    const put: TxnRequest = {
      compare: [],
      success: [{ type: 'put', key: KEY, value: new Uint8Array() }],
      failure: [],
    };
    await noted.txn(put);
    t.equal(writes.traceOf(KEY, 9), undefined);
    trace = `one${SPAN}`;
    await noted.txn({ ...put, success: [{ type: 'range', key: KEY }] });
    t.equal(writes.traceOf(KEY, 9), undefined);
    for (succeeded of [false, 'lost'] as const) {
      await noted.txn(put);
      t.equal(writes.traceOf(KEY, 9), undefined);
    }
    succeeded = true;
    await noted.txn(put);
    t.equal(writes.traceOf(KEY, 9), trace);
  },
);

t.test('names in a trace hold no values, bodies or queries', async (t) => {
  const http = { method: 'GET', url: '/api/v1/pods?token=secret' };
  t.equal(describeRequest('http', http), 'GET /api/v1/pods');
  const binding = {
    verb: 'create',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: 'binding',
    namespace: 'default',
    name: 'web-1',
    body: 'secret',
  };
  t.equal(describeRequest('request', binding), 'create pods/binding default/web-1');
  t.equal(describeRequest('watch', { verb: 'watch', resource: 'nodes' }), 'watch nodes');
  const put = { compare: [], success: [{ type: 'put', key: KEY, value: 'secret' }], failure: [] };
  t.equal(describeStoreRequest('txn', put), `txn put ${KEY}`);
  t.equal(describeStoreRequest('range', { key: 'a\u0000\u00ff' }), 'range a..');
  t.equal(describeStoreRequest('txn', { compare: [{ key: KEY }], success: [] }), `txn ${KEY}`);
  t.equal(describeStoreRequest('txn', { compare: [], success: [] }), 'txn');
  t.equal(describeStoreRequest('status', {}), 'status');
  t.equal(describeStoreRequest('range', { key: 'k'.repeat(500) }).length, 206);
});
