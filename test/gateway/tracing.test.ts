import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import { decideTrace } from '../../src/gateway/tracing.js';
import { fakeEdge } from './fake-edge.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const ADMIN = { commonName: 'admin', organizations: [] };

function decide(
  request: { traceparent?: string; url?: string; nobody?: boolean },
  sampleRate = 0,
): ReturnType<typeof decideTrace> {
  const { traceparent, url = '/api', nobody = false } = request;
  return decideTrace(
    {
      url,
      headers: traceparent === undefined ? {} : { traceparent },
      client: nobody ? null : ADMIN,
    },
    sampleRate,
    seededRandom(7),
    { uuid: () => 'abababab-abab-4bab-abab-abababababab' },
  );
}

t.test(
  'a client that samples is followed, one that does not is not, whatever the rate',
  async (t) => {
    t.same(decide({ traceparent: `00-${TRACE}-${SPAN}-01` }), {
      trace: `${TRACE}-${SPAN}`,
      url: '/api',
    });
    t.same(decide({ traceparent: `00-${TRACE}-${SPAN}-03` }), {
      trace: `${TRACE}-${SPAN}`,
      url: '/api',
    });
    t.same(decide({ traceparent: `cc-${TRACE}-${SPAN}-01-what-comes` })?.trace, `${TRACE}-${SPAN}`);
    t.equal(decide({ traceparent: `00-${TRACE}-${SPAN}-00` }, 1), undefined);
  },
);

t.test('what is no traceparent is as none', async (t) => {
  for (const traceparent of [
    '',
    'x',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01x`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ]) {
    t.equal(decide({ traceparent }), undefined, traceparent);
    t.same(
      decide({ traceparent }, 1),
      { trace: 'abababababab4bababababababababab', url: '/api' },
      traceparent,
    );
  }
});

t.test('the path before that of the API says it for clients that can set no header', async (t) => {
  t.same(decide({ url: `/.trace/${TRACE}/api/v1/pods?limit=5` }), {
    trace: TRACE,
    url: '/api/v1/pods?limit=5',
  });
  t.equal(decide({ url: '/.trace/short/api' }), undefined);
});

t.test('who shows no certificate decides nothing', async (t) => {
  t.equal(decide({ url: `/.trace/${TRACE}/api`, nobody: true }), undefined);
  t.equal(decide({ traceparent: `00-${TRACE}-${SPAN}-01`, nobody: true }), undefined);
});

t.test('of the rest a rate is traced', async (t) => {
  const random = seededRandom(1);
  let traced = 0;
  for (let n = 0; n < 1000; n++) {
    const decision = decideTrace({ url: '/', headers: {}, client: null }, 0.1, random, {
      uuid: () => TRACE,
    });
    if (decision !== undefined) traced++;
  }
  t.ok(traced > 50 && traced < 150, String(traced));
});

t.test(
  'a traced exchange: the ask carries the trace, the answer names it, the span ends with it',
  async (t) => {
    const spans: { name: string; trace: string; outcome?: string }[] = [];
    const edge = await fakeEdge(
      { traceSampleRate: 0 },
      {
        current: () => undefined,
        apart: (work) => work(),
        event: () => undefined,
        begin: (name, trace) => {
          const span: { name: string; trace: string; outcome?: string } = { name, trace };
          spans.push(span);
          return {
            traceId: TRACE,
            trace: `${TRACE}-00000000000000aa`,
            run: (work) => work(),
            end: (outcome) => {
              span.outcome ??= outcome;
            },
          };
        },
      },
    );
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01` };
    const created = edge.request('POST', '/api/v1/pods?token=secret', { headers, client: ADMIN });
    await edge.advance(0);
    t.match(edge.asks[0], {
      request: { url: '/api/v1/pods?token=secret' },
      options: { traceId: `${TRACE}-00000000000000aa` },
    });
    t.same(spans, [{ name: 'POST /api/v1/pods', trace: `${TRACE}-${SPAN}` }]);
    await edge.asks[0]?.reply({
      type: 'response',
      status: 409,
      headers: { 'audit-id': 'x' },
      body: new Uint8Array(),
    });
    t.same(created.headers, {
      'audit-id': 'x',
      traceresponse: `00-${TRACE}-00000000000000aa-01`,
    });
    t.equal(spans[0]?.outcome, 'failed 409');

    const url = `/.trace/${TRACE}/api/v1/pods?watch=true`;
    const watched = edge.request('GET', url, { client: ADMIN });
    t.equal(edge.streams[0]?.request.url, '/api/v1/pods?watch=true', 'and it is taken for a watch');
    await watched.leave();
    t.equal(spans[1]?.outcome, 'canceled');

    edge.request('GET', '/api/v1/pods', { client: ADMIN });
    await edge.advance(0);
    t.equal(edge.asks[1]?.options.traceId, undefined);
    t.equal(spans.length, 2, 'nobody asked for a trace');
  },
);
