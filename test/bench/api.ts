import type { ApiRequest } from '../../src/protocol/index.js';
import type { ApiLoad, ApiLoadReport } from './actors/api-load.js';
import {
  configMap,
  createConfigMap,
  createPod,
  definition,
  get,
  getPod,
  patchConfigMap,
  PODS_PATH,
  watchConfigMap,
} from './api-objects.js';
import { LOAD, startApi, type ApiSystem } from './api-system.js';
import type { LoopResult } from './closed-loop.js';
import type { BareOrder, Measured, SentAnswer, SentRequest } from './http-protocol.js';
import { BareServer, HttpClientThread } from './http-threads.js';
import { pause } from './leader-kills.js';
import { alone, beside, moreIsBetter, percentile, said, type Row } from './report.js';
import { processCpuMs } from './thread-cpu.js';

const CONNECTIONS = 64;
/** A daemon runs for months: what V8 has compiled by then is what counts. */
const WARM_UP_SECONDS = 4;
const SECONDS = 4;
const PODS = 10_000;
const LISTS = 8;
const PAGE = 500;
const WATCHERS = 1000;
/** A connection takes so many streams at most; a client has one for all its watches. */
const WATCH_CONNECTIONS = 10;
const DEFINITIONS = 20;
const BARE = 'bare node:http2';
const PROTOBUF = 'application/vnd.kubernetes.protobuf,application/json';

interface Stage extends ApiSystem {
  readonly client: HttpClientThread;
  readonly bare: BareServer;
}

/**
 * The API as its clients see it: a whole cluster, a client over HTTP/2 with TLS in a thread of its own, and a bare node:http2
 * server in another that answers with the same bytes. `times`: seconds of each measure.
 */
export async function run(times = SECONDS): Promise<readonly Row[]> {
  const api = await startApi();
  const client = new HttpClientThread(api.adminKeys);
  const bare = await BareServer.start(api.serverKeys);
  try {
    const stage = { ...api, client, bare };
    return [
      ...(await fill(stage)),
      ...(await lists(stage)),
      ...(await rates(stage, times)),
      ...(await fanOut(stage, times)),
      ...(await discovery(stage)),
    ];
  } finally {
    await client.close();
    await bare.close();
    await api.stop();
  }
}

/** All pods at once, which is a measure of creates as well. What comes before them warms the server up. */
async function fill({ client, url }: Stage): Promise<readonly Row[]> {
  const load = { type: 'load', url, connections: CONNECTIONS } as const;
  const warmUp = createConfigMap('warm-{n}');
  await client.measure({ ...load, request: warmUp, seconds: WARM_UP_SECONDS });
  const beganMs = processCpuMs();
  const made = await client.measure({
    ...load,
    request: createPod,
    seconds: 600,
    requestsMax: PODS,
  });
  if (made.failed > 0) throw new Error(`${String(made.failed)} pods were not created`);
  const cpuMs = processCpuMs() - beganMs - made.cpuMs;
  const named = `creates of ${PODS.toLocaleString('en')} pods, ${String(CONNECTIONS)} connections`;
  return said(
    alone(named, '/s', made.perSecond),
    alone(`${named}, p50`, 'ms', made.p50Ms),
    alone(`${named}, p99`, 'ms', made.p99Ms),
    alone(`${named}, processor time of all but the client`, 'ms each', cpuMs / PODS),
  );
}

async function lists(stage: Stage): Promise<readonly Row[]> {
  const named = `list of ${PODS.toLocaleString('en')} pods`;
  const rows: Row[] = [];
  const [first] = await timedLists(stage, get(PODS_PATH), 1);
  rows.push(...said(alone(`${named}, the first one`, 'ms', first ?? NaN)));
  for (const [form, headers] of [
    ['JSON', {}],
    ['protobuf or JSON accepted', { accept: PROTOBUF }],
  ] as const) {
    const request = get(PODS_PATH, headers);
    const { client, url, bare } = stage;
    const answer = await client.send({ type: 'send', url, request });
    await bare.answerWith(orderOf(answer));
    const beganMs = processCpuMs();
    const ours = percentile(await timedLists(stage, request, LISTS), 0.5);
    const cpuMs = (processCpuMs() - beganMs) / LISTS;
    const peer = percentile(await timedLists({ ...stage, url: bare.url }, request, LISTS), 0.5);
    rows.push(
      ...said(
        beside(`${named}, ${form}, p50`, 'ms', ours, 'less', BARE, peer),
        alone(`${named}, ${form}, processor time with the client`, 'ms', cpuMs),
        alone(`${named}, ${form}, bytes`, 'MB', answer.body.byteLength / 2 ** 20),
      ),
    );
  }
  await pagedMs(stage);
  const paged = await pagedMs(stage);
  rows.push(...said(alone(`${named}, in pages of ${String(PAGE)}`, 'ms', paged)));
  return rows;
}

/** Milliseconds of each, one after the other. */
async function timedLists(
  { client, url }: Pick<Stage, 'client' | 'url'>,
  request: SentRequest,
  times: number,
): Promise<number[]> {
  const tookMs: number[] = [];
  for (let i = 0; i < times; i++) {
    const answer = await client.send({ type: 'send', url, request });
    if (answer.status !== 200) throw new Error(`a list was answered with ${String(answer.status)}`);
    tookMs.push(answer.tookMs);
  }
  return tookMs;
}

async function pagedMs({ client, url }: Stage): Promise<number> {
  let [token, tookMs] = ['', 0];
  do {
    const from = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
    const request = get(`${PODS_PATH}?limit=${String(PAGE)}${from}`);
    const answer = await client.send({ type: 'send', url, request });
    tookMs += answer.tookMs;
    token = (bodyOf(answer) as { metadata: { continue?: string } }).metadata.continue ?? '';
  } while (token !== '');
  return tookMs;
}

interface Kind {
  readonly named: string;
  readonly request: SentRequest;
  readonly message: ApiRequest;
  readonly numbers?: number;
}

function kinds(): Kind[] {
  const core = { group: '', version: 'v1', namespace: 'default' } as const;
  return [
    {
      named: 'gets of a pod',
      request: getPod,
      message: { ...core, verb: 'get', resource: 'pods', name: 'pod-{n}' },
      numbers: PODS,
    },
    {
      named: 'durable creates of a config map',
      request: createConfigMap('one-{n}'),
      message: { ...core, verb: 'create', resource: 'configmaps', body: configMap('two-{n}') },
    },
    {
      named: 'durable merge patches of 1,000 config maps',
      request: patchConfigMap('one-{n}'),
      message: {
        ...core,
        verb: 'patch',
        resource: 'configmaps',
        name: 'two-{n}',
        body: { data: {} },
        patchType: 'application/merge-patch+json',
      },
      numbers: 1000,
    },
  ];
}

async function rates(stage: Stage, seconds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of kinds()) rows.push(...(await rate(stage, kind, seconds)));
  return rows;
}

/** One kind of request over HTTP, beside the bare server, and over messages. */
async function rate(
  stage: Stage,
  { named, request, message, numbers }: Kind,
  seconds: number,
): Promise<readonly Row[]> {
  const { client, url, bare, system } = stage;
  const counted = numbers === undefined ? {} : { numbers };
  const load = { type: 'load', connections: CONNECTIONS, request, ...counted } as const;
  const warm = { ...request, ...warmed(request) };
  await client.measure({ ...load, url, request: warm, seconds: WARM_UP_SECONDS });
  const beganMs = processCpuMs();
  const ours = await client.measure({ ...load, url, seconds });
  const oursMs = (processCpuMs() - beganMs - ours.cpuMs) / (ours.perSecond * seconds);
  const sample = await client.send({ type: 'send', url, request: sampleOf(request) });
  await bare.answerWith(orderOf(sample));
  await client.measure({ ...load, url: bare.url, seconds: WARM_UP_SECONDS / 2 });
  const bareMs = await bare.cpuMs();
  const peer = await client.measure({ ...load, url: bare.url, seconds });
  const peerMs = ((await bare.cpuMs()) - bareMs) / (peer.perSecond * seconds);
  const over = `${named}, ${String(CONNECTIONS)} connections`;
  const rows = [
    ...said(
      moreIsBetter(over, '/s', ours.perSecond, BARE, peer.perSecond),
      beside(`${over}, p50`, 'ms', ours.p50Ms, 'less', BARE, peer.p50Ms),
      beside(`${over}, p99`, 'ms', ours.p99Ms, 'less', BARE, peer.p99Ms),
      beside(`${over}, processor time but the client's`, 'ms each', oursMs, 'less', BARE, peerMs),
      alone(`${over}, refused`, 'requests', ours.failed),
    ),
  ];
  const asks = { type: 'load', clients: CONNECTIONS, request: message, ...counted } as const;
  await inject(system, { ...asks, request: warmedMessage(message), seconds: WARM_UP_SECONDS });
  const askedMs = processCpuMs();
  const asked = await inject(system, { ...asks, seconds });
  const askMs = (processCpuMs() - askedMs) / (asked.perSecond * seconds);
  const by = `${named} over messages, ${String(CONNECTIONS)} in flight`;
  return [
    ...rows,
    ...said(
      alone(by, '/s', asked.perSecond),
      alone(`${by}, p50`, 'ms', asked.p50Ms),
      alone(`${by}, p99`, 'ms', asked.p99Ms),
      alone(`${by}, processor time with its caller`, 'ms each', askMs),
      alone(`${by}, refused`, 'requests', asked.failed),
    ),
  ];
}

/** A create makes an object only once: the warm-up has names of its own. */
function warmed({ method, body }: SentRequest): { readonly body?: string } {
  return method === 'POST' && body !== undefined ? { body: body.replace('-{n}', '-warm-{n}') } : {};
}

function warmedMessage(message: ApiRequest): ApiRequest {
  return message.verb === 'create' ? { ...message, body: configMap('two-warm-{n}') } : message;
}

/** One whose answer is like the others'. */
function sampleOf(request: SentRequest): SentRequest {
  return request.method === 'POST'
    ? { ...request, body: (request.body ?? '').replace('-{n}', '-sample') }
    : request;
}

async function fanOut(
  { client, url, bare, system }: Stage,
  seconds: number,
): Promise<readonly Row[]> {
  const name = 'fan';
  const created = await client.send({ type: 'send', url, request: createConfigMap(name) });
  const { metadata } = bodyOf(created) as { metadata: { resourceVersion: string } };
  const write = patchConfigMap(name);
  const shape = { type: 'fan-out', connections: WATCH_CONNECTIONS, watchers: WATCHERS } as const;
  const watch = watchConfigMap(name, metadata.resourceVersion);
  const order = { ...shape, watch, write, writers: 4 } as const;
  await client.measure({ ...order, url, seconds: WARM_UP_SECONDS });
  const now = await client.send({ type: 'send', url, request: write });
  const after = bodyOf(now) as { metadata: { resourceVersion: string } };
  const later = { ...order, watch: watchConfigMap(name, after.metadata.resourceVersion) };
  const beganMs = processCpuMs();
  const ours = await client.measure({ ...later, url, seconds });
  const oursUs = cpuUs(processCpuMs() - beganMs - ours.cpuMs, ours, seconds);
  const frame = Buffer.from(`{"type":"MODIFIED","object":${text(now).trim()}}\n`);
  await bare.answerWith({ ...orderOf(now), frame });
  await client.measure({ ...order, url: bare.url, seconds: WARM_UP_SECONDS / 2 });
  const bareMs = await bare.cpuMs();
  const peer = await client.measure({ ...order, url: bare.url, seconds });
  const peerUs = cpuUs((await bare.cpuMs()) - bareMs, peer, seconds);
  const named = `watch events to ${WATCHERS.toLocaleString('en')} watchers`;
  const rows = said(
    moreIsBetter(named, '/s', ours.perSecond, BARE, peer.perSecond),
    beside(`${named}, write to last event, p50`, 'ms', ours.p50Ms, 'less', BARE, peer.p50Ms),
    beside(`${named}, write to last event, p99`, 'ms', ours.p99Ms, 'less', BARE, peer.p99Ms),
    beside(`${named}, processor time but the client's`, 'µs each', oursUs, 'less', BARE, peerUs),
  );
  const core = { group: '', version: 'v1', namespace: 'default', resource: 'configmaps' } as const;
  const asked: ApiLoad = {
    type: 'fan-out',
    watchers: WATCHERS,
    watch: { ...core, verb: 'watch', query: { fieldSelector: `metadata.name=${name}` } },
    write: {
      ...core,
      verb: 'patch',
      name,
      body: { data: {} },
      patchType: 'application/merge-patch+json',
    },
    writers: 4,
    seconds,
  };
  await inject(system, { ...asked, seconds: WARM_UP_SECONDS });
  const messages = await inject(system, asked);
  return [
    ...rows,
    ...said(
      alone(`${named} over messages`, '/s', messages.perSecond),
      alone(`${named} over messages, write to last event, p50`, 'ms', messages.p50Ms),
      alone(`${named} over messages, write to last event, p99`, 'ms', messages.p99Ms),
    ),
  ];
}

/** From the definition's creation until its group is served. */
async function discovery({ client, url }: Stage): Promise<readonly Row[]> {
  const tookMs: number[] = [];
  for (let i = 0; i < DEFINITIONS; i++) {
    const group = `bench-${String(i)}.example.com`;
    const beganMs = performance.now();
    const made = await client.send({ type: 'send', url, request: definition(group) });
    if (made.status !== 201) throw new Error(text(made));
    for (;;) {
      const request = get(`/apis/${group}/v1`);
      const found = await client.send({ type: 'send', url, request });
      if (found.status === 200 && text(found).includes('"widgets"')) break;
    }
    tookMs.push(performance.now() - beganMs);
  }
  const named = `a new CustomResourceDefinition until it is discovered, of ${String(DEFINITIONS)}`;
  return said(
    alone(`${named}, p50`, 'ms', percentile(tookMs, 0.5)),
    alone(`${named}, worst`, 'ms', Math.max(...tookMs)),
  );
}

function cpuUs(cpuMs: number, { perSecond }: Measured, seconds: number): number {
  return (1000 * cpuMs) / (perSecond * seconds);
}

function orderOf({ status, headers, body }: SentAnswer): BareOrder {
  return { status, headers, body };
}

function text({ body }: SentAnswer): string {
  return new TextDecoder().decode(body);
}

function bodyOf(answer: SentAnswer): unknown {
  if (answer.status >= 300) throw new Error(text(answer));
  return JSON.parse(text(answer));
}

async function inject(system: Stage['system'], what: ApiLoad): Promise<LoopResult> {
  const injected = await system.inject(LOAD, { ...what }, 5000);
  if (!injected.ok) throw new Error(injected.error.message);
  for (;;) {
    const report = await system.report(LOAD, 60_000);
    if (!report.ok) throw new Error(report.error.message);
    const { busy, result } = report.value as ApiLoadReport;
    if (!busy && result !== undefined) return result;
    await pause(20);
  }
}
