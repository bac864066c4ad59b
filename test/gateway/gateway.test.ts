import t from 'tap';
import { COMPRESSED_FROM_BYTES } from '../../src/gateway/answer-coding.js';
import type { HttpReply } from '../../src/protocol/index.js';
import { fakeEdge, settle } from './fake-edge.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const response = {
  type: 'response',
  status: 200,
  headers: { 'x-a': 'b' },
  body: bytes('hi'),
} as const;
const PODS = '/api/v1/pods';
const WATCH = '/api/v1/pods?watch=true';

t.test('an answer is passed on as it is', async (t) => {
  const edge = await fakeEdge();
  const seen = edge.request('GET', PODS);
  await settle();
  t.match(edge.asks[0], {
    operation: 'http',
    request: { method: 'GET', url: PODS },
    options: { whenDown: 'wait' },
  });
  await edge.asks[0]?.reply(response);
  t.match(seen, { status: 200, headers: { 'x-a': 'b' }, body: 'hi' });
  t.match(edge.behaviour.report?.(), { unary: 0, served: 1, bodyBytesInHand: 0 });
});

t.test(
  'a read is sent again after a death, a write is not, and is not said to be retriable',
  async (t) => {
    const edge = await fakeEdge();
    const read = edge.request('GET', PODS);
    const write = edge.request('POST', PODS);
    await settle();
    await edge.asks[0]?.fail('actor-down', true);
    await edge.asks[1]?.fail('actor-down', true);
    t.match(write, { status: 504, body: /"reason":"Timeout"/ });
    t.notOk('retry-after' in write.headers);
    t.equal(read.status, undefined);
    t.equal(edge.asks.length, 3);
    await edge.asks[2]?.reply(response);
    t.equal(read.status, 200);
  },
);

t.test('reads that are sent again share one deadline', async (t) => {
  const edge = await fakeEdge({ requestTimeoutMs: 1000 });
  const read = edge.request('GET', PODS);
  await settle();
  t.equal(edge.asks[0]?.options.timeoutMs, 1000);
  await edge.advance(600);
  await edge.asks[0]?.fail('actor-down', true);
  t.equal(edge.asks[1]?.options.timeoutMs, 400);
  await edge.advance(500);
  await edge.asks[1]?.fail('actor-down', true);
  t.match(read, { status: 504 });
  t.notOk('retry-after' in read.headers);
});

t.test('what was never handed over is refused with Retry-After', async (t) => {
  const edge = await fakeEdge({ waitForServerMs: 100 });
  edge.up = false;
  const write = edge.request('POST', PODS);
  await settle();
  await edge.advance(99);
  t.equal(write.status, undefined);
  await edge.advance(1);
  t.match(write, { status: 503, headers: { 'retry-after': '1' } });
  edge.up = true;
  const crowded = edge.request('POST', PODS);
  await settle();
  await edge.asks[1]?.fail('overloaded', false);
  t.match(crowded, { status: 429, headers: { 'retry-after': '1' } });
});

t.test('an API server that comes up in time has its full time to answer', async (t) => {
  const edge = await fakeEdge({ waitForServerMs: 100, requestTimeoutMs: 1000 });
  edge.up = false;
  const write = edge.request('POST', PODS);
  await settle();
  edge.up = true;
  await edge.advance(900);
  t.equal(edge.asks[0]?.canceled, false);
  await edge.asks[0]?.reply(response);
  t.equal(write.status, 200);
});

t.test('a client that goes away cancels its ask and its stream', async (t) => {
  const edge = await fakeEdge();
  const unary = edge.request('GET', PODS);
  const watch = edge.request('GET', WATCH);
  await settle();
  await unary.leave();
  await watch.leave();
  t.equal(edge.asks[0]?.canceled, true);
  t.equal(edge.asks.length, 1, 'it is not sent again');
  t.equal(edge.streams[0]?.canceled, true);
  t.match(edge.behaviour.report?.(), { unary: 0, streams: 0, served: 2 });
});

t.test('a body that is too large is 413, and one that never came is nothing', async (t) => {
  const edge = await fakeEdge();
  const large = edge.request('POST', PODS, { body: { ok: false, error: 'too-large' } });
  const broken = edge.request('POST', PODS, { body: { ok: false, error: 'aborted' } });
  await settle();
  t.match(large, { status: 413 });
  t.match(JSON.parse(large.body), {
    kind: 'Status',
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  });
  t.equal(broken.status, undefined);
  t.equal(edge.asks.length, 0);
  t.match(edge.behaviour.report?.(), { bodyBytesInHand: 0 });
});

t.test('bodies in hand are bounded, by what clients declare and by what came', async (t) => {
  const edge = await fakeEdge({ bodyBytesMax: 100, bodyBytesInHandMax: 150 });
  const body = { ok: true, value: new Uint8Array(10) } as const;
  edge.request('POST', PODS, { body });
  t.match(edge.behaviour.report?.(), { bodyBytesInHand: 100 }, 'it does not say how much it sends');
  await settle();
  t.match(edge.behaviour.report?.(), { bodyBytesInHand: 10 });
  edge.request('POST', PODS, { body, headers: { 'content-length': '90' } });
  const refused = edge.request('POST', PODS, { body, headers: { 'content-length': '60' } });
  t.match(refused, { status: 429, headers: { 'retry-after': '1' } });
  await settle();
  for (const ask of edge.asks) await ask.reply(response);
  t.match(edge.behaviour.report?.(), { bodyBytesInHand: 0 });
});

t.test('long answers are compressed for who takes gzip, and only so many at a time', async (t) => {
  const edge = await fakeEdge({ compressionsMax: 2 });
  const long = { ...response, body: new Uint8Array(COMPRESSED_FROM_BYTES + 1) };
  const asked = async (headers: Record<string, string>, reply: HttpReply, method = 'GET') => {
    const seen = edge.request(method, PODS, { headers });
    await settle();
    await edge.asks.at(-1)?.reply(reply);
    return seen;
  };
  const gzip = { 'accept-encoding': 'br, gzip' };
  for (const plain of [
    await asked({}, long),
    await asked({ 'accept-encoding': 'br, gzip;q=0' }, long),
    await asked(gzip, { ...long, body: new Uint8Array(COMPRESSED_FROM_BYTES) }),
    await asked(gzip, { ...long, status: 422 }),
    await asked(gzip, long, 'POST'),
  ]) {
    t.equal(plain.coding, 'identity');
    t.same(plain.headers, { 'x-a': 'b' });
  }
  const first = await asked(gzip, long);
  t.equal(first.coding, 'gzip');
  t.same(first.headers, { 'x-a': 'b', 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  t.equal((await asked(gzip, long)).coding, 'gzip');
  t.match(edge.behaviour.report?.(), { compressions: 2 });
  t.equal((await asked(gzip, long)).coding, 'identity', 'two are under way');
  await first.leave();
  t.equal((await asked(gzip, long)).coding, 'gzip');
});

t.test('exchanges are bounded', async (t) => {
  const edge = await fakeEdge({ exchangesMax: 1 });
  edge.request('GET', WATCH);
  t.match(edge.request('GET', PODS), { status: 429 });
  t.match(edge.behaviour.report?.(), { streams: 1, refused: 1 });
});

const chunk = (text: string, resumeAfter?: string) =>
  ({
    type: 'chunk',
    data: bytes(text),
    ...(resumeAfter === undefined ? {} : { resumeAfter }),
  }) as const;
const HEAD = { type: 'head', status: 200, headers: {} } as const;
const DEATH = { code: 'actor-down', handedOver: true } as const;

t.test('a watch goes on after the API server died, and its client sees one response', async (t) => {
  const edge = await fakeEdge();
  const seen = edge.request('GET', WATCH);
  edge.streams[0]?.item(HEAD);
  edge.streams[0]?.item(chunk('a', '7'));
  edge.streams[0]?.end(DEATH);
  t.equal(edge.streams[1]?.request.resumeAfter, '7');
  edge.streams[1]?.item(HEAD);
  edge.streams[1]?.item(chunk('b', '8'));
  t.match(seen, { status: 200, body: 'ab', ended: false });
  edge.streams[1]?.end({ code: 'complete' });
  t.equal(seen.ended, true);
});

t.test(
  'within its initial events a watch cannot go on; before its first byte it starts over',
  async (t) => {
    const edge = await fakeEdge();
    const initial = edge.request('GET', WATCH);
    edge.streams[0]?.item(HEAD);
    edge.streams[0]?.item(chunk('a'));
    edge.streams[0]?.end(DEATH);
    t.match(initial, { status: 200, body: 'a', ended: true });
    const early = edge.request('GET', WATCH);
    edge.streams[1]?.item(HEAD);
    edge.streams[1]?.end(DEATH);
    t.equal(edge.streams[2]?.request.resumeAfter, undefined);
    edge.streams[2]?.item(HEAD);
    edge.streams[2]?.item(chunk('a', '1'));
    t.match(early, { status: 200, body: 'a', ended: false });
  },
);

t.test('a watch that outlives no life of the API server is not tried for ever', async (t) => {
  const edge = await fakeEdge();
  const seen = edge.request('GET', WATCH);
  for (let life = 0; life < edge.streams.length; life++) edge.streams[life]?.end(DEATH);
  t.equal(edge.streams.length, 5);
  t.match(seen, { status: 503 });
  t.notOk('retry-after' in seen.headers);
});

t.test(
  'a watch that is refused after a resume ends; one that is refused at first says why',
  async (t) => {
    const edge = await fakeEdge();
    const resumed = edge.request('GET', WATCH);
    edge.streams[0]?.item(HEAD);
    edge.streams[0]?.item(chunk('a', '7'));
    edge.streams[0]?.end(DEATH);
    edge.streams[1]?.item({ type: 'head', status: 403, headers: {} });
    t.match(resumed, { status: 200, body: 'a', ended: true });
    const refused = edge.request('GET', WATCH);
    edge.streams[2]?.item({ type: 'head', status: 403, headers: {} });
    edge.streams[2]?.item(chunk('{}'));
    edge.streams[2]?.end({ code: 'complete' });
    t.match(refused, { status: 403, body: '{}', ended: true });
    const never = edge.request('GET', WATCH);
    edge.streams[3]?.end({ code: 'actor-down', handedOver: false });
    t.match(never, { status: 503, headers: { 'retry-after': '1' } });
    const crowded = edge.request('GET', WATCH);
    edge.streams[4]?.end({ code: 'failed', error: { code: 'overloaded', message: 'full' } });
    t.match(crowded, { status: 429, headers: { 'retry-after': '1' } });
  },
);

t.test('a full sink pauses the stream, also over a death', async (t) => {
  const edge = await fakeEdge();
  const seen = edge.request('GET', WATCH);
  edge.streams[0]?.item(HEAD);
  seen.sinkFull = true;
  edge.streams[0]?.item(chunk('a', '7'));
  t.equal(edge.streams[0]?.paused, true);
  edge.streams[0]?.end(DEATH);
  t.equal(edge.streams[1]?.paused, true);
  seen.sinkFull = false;
  seen.drain();
  t.equal(edge.streams[1]?.paused, false);
});

t.test('logs come from the kubelet; its refusals are its words', async (t) => {
  const edge = await fakeEdge();
  const logs = {
    namespace: 'd',
    pod: 'p',
    container: 'c',
    follow: true,
    previous: false,
    timestamps: false,
  };
  const ask = async (): Promise<ReturnType<typeof edge.request>> => {
    const seen = edge.request('GET', '/api/v1/namespaces/d/pods/p/log');
    await settle();
    await edge.asks.at(-1)?.reply({ type: 'logs', actor: 'kubelet-node-1', request: logs });
    return seen;
  };
  const seen = await ask();
  t.match(edge.streams[0], { to: 'kubelet-node-1', operation: 'logs', request: logs });
  seen.sinkFull = true;
  edge.streams[0]?.item(bytes('line\n'));
  t.equal(edge.streams[0]?.paused, true);
  edge.streams[0]?.end({ code: 'complete' });
  t.match(seen, {
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: 'line\n',
    ended: true,
  });
  const refused = await ask();
  edge.streams[1]?.end({
    code: 'failed',
    error: {
      code: 'bad-request',
      message: 'container "c" in pod "p" is waiting to start: ContainerCreating',
    },
  });
  t.match(JSON.parse(refused.body), {
    code: 400,
    reason: 'BadRequest',
    message: /waiting to start/,
  });
  const down = await ask();
  edge.streams[2]?.end({ code: 'actor-down', handedOver: false });
  t.match(JSON.parse(down.body), {
    code: 500,
    message: /kubelet-node-1:10250\/containerLogs\/d\/p\/c": dial tcp: connect: connection refused/,
  });
  const cut = await ask();
  edge.streams[3]?.item(bytes('half'));
  edge.streams[3]?.end({ code: 'actor-down', handedOver: true });
  t.match(cut, { status: 200, aborted: true });
  const left = await ask();
  await left.leave();
  t.equal(edge.streams[4]?.canceled, true);
});

t.test('stopping: no new connections, watches end, answers under way are waited for', async (t) => {
  const edge = await fakeEdge();
  const watch = edge.request('GET', WATCH);
  edge.streams[0]?.item(HEAD);
  const unary = edge.request('GET', PODS);
  await settle();
  let stopped = false;
  const stopping = Promise.resolve(edge.behaviour.stop?.()).then(() => {
    stopped = true;
  });
  t.equal(edge.drained, true);
  t.match(watch, { status: 200, ended: true });
  await edge.advance(10);
  t.equal(stopped, false);
  await edge.asks[0]?.reply(response);
  await edge.advance(10);
  await stopping;
  t.equal(unary.status, 200);
});

t.test('a call to a webhook is carried out, and its failure is an answer', async (t) => {
  const edge = await fakeEdge();
  // As the actor's own call: what is taken off it does not work.
  class Call {
    readonly request = { url: 'https://a/', body: new Uint8Array(), timeoutMs: 1 };
    readonly answers: unknown[] = [];
    reply(answer: unknown): void {
      this.answers.push(answer);
    }
  }
  const call = new Call();
  edge.behaviour.asks.webhook(call as never);
  await settle();
  t.same(call.answers, [{ type: 'failed', message: 'there is no network' }]);
  const busy = await fakeEdge({ webhookCallsMax: 0 });
  const refused = new Call();
  busy.behaviour.asks.webhook(refused as never);
  t.match(refused.answers, [{ type: 'failed', message: /^too many calls/ }]);
});
