import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { parentPort, workerData } from 'node:worker_threads';
import { closedLoop, type LoopResult } from '../closed-loop.js';
import type { ClientOrder, Keys, Measured, SentAnswer, SentRequest } from '../http-protocol.js';
import { threadCpuMs } from '../thread-cpu.js';

type Order<T extends ClientOrder['type']> = Extract<ClientOrder, { readonly type: T }>;

/** As Go's client has them. */
const STREAM_WINDOW_BYTES = 4 << 20;
const SESSION_WINDOW_BYTES = 1 << 30;
const NEWLINE = 10;
const WATCHES_AT_ONCE = 100;

const keys = workerData as Keys;
let stamp = 0;
const sessions = new Map<string, ClientHttp2Session[]>();

/** Opened once, and used again by all that follows. */
async function sessionsTo(url: string, count: number): Promise<readonly ClientHttp2Session[]> {
  const open = sessions.get(url) ?? [];
  sessions.set(url, open);
  while (open.length < count) {
    const session = connect(url, {
      ...keys,
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, enablePush: false },
    });
    await new Promise((resolve) => session.once('connect', resolve));
    session.setLocalWindowSize(SESSION_WINDOW_BYTES);
    open.push(session);
  }
  return open.slice(0, count);
}

function begin(session: ClientHttp2Session, request: SentRequest, n: number): ClientHttp2Stream {
  const number = String(n);
  const stream = session.request({
    ':method': request.method,
    ':path': request.path.replace('{n}', number),
    ...request.headers,
  });
  stream.end(request.body?.replace('{n}', number).replace('{stamp}', String(stamp++)));
  return stream;
}

async function send({ url, request }: Order<'send'>): Promise<SentAnswer> {
  const [session] = await sessionsTo(url, 1);
  if (session === undefined) throw new Error('no session');
  const beganMs = performance.now();
  const stream = begin(session, request, 0);
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: Record<string, string> = {};
  stream.on('response', (response) => {
    status = response[':status'] ?? 0;
    const named = Object.entries(response).filter(([name]) => !name.startsWith(':'));
    headers = Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
  });
  stream.on('data', (data: Buffer) => chunks.push(data));
  await new Promise((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('error', reject);
  });
  const tookMs = performance.now() - beganMs;
  return { status, headers, body: Buffer.concat(chunks), tookMs };
}

/** True: answered with success. */
function carryOut(session: ClientHttp2Session, request: SentRequest, n: number): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = begin(session, request, n);
    let status = 0;
    stream.on('response', (response) => (status = response[':status'] ?? 0));
    stream.on('error', () => undefined);
    stream.on('close', () => {
      resolve(status >= 200 && status < 300);
    });
    stream.resume();
  });
}

async function load(order: Order<'load'>): Promise<LoopResult> {
  const { request, numbers = Infinity, requestsMax = Infinity } = order;
  const open = await sessionsTo(order.url, order.connections);
  return closedLoop(
    order.connections,
    order.seconds,
    (n, client) => {
      const session = open[client];
      return session === undefined
        ? Promise.resolve(false)
        : carryOut(session, request, n % numbers);
    },
    { warmUpShare: 0, requestsMax },
  );
}

/** `perSecond`: events that arrived, all watchers together; the latencies: from a write to the last watcher's event. */
async function fanOut(order: Order<'fan-out'>): Promise<LoopResult> {
  const open = await sessionsTo(order.url, order.connections);
  const seen = new Array<number>(order.watchers).fill(0);
  /** So many watchers have seen the event of that number. */
  const reached: number[] = [];
  const waiting = new Map<number, () => void>();
  const watchOnce = async (watcher: number): Promise<ClientHttp2Stream> => {
    const session = open[watcher % open.length];
    if (session === undefined) throw new Error('no session');
    const stream = begin(session, order.watch, 0);
    stream.on('error', () => undefined);
    const status = await new Promise((resolve) =>
      stream.once('response', (response) => {
        resolve(response[':status']);
      }),
    );
    if (status !== 200) throw new Error(`watch: ${String(status)}`);
    stream.on('data', (data: Buffer) => {
      for (let at = data.indexOf(NEWLINE); at !== -1; at = data.indexOf(NEWLINE, at + 1)) {
        const event = seen[watcher] ?? 0;
        seen[watcher] = event + 1;
        reached[event] = (reached[event] ?? 0) + 1;
        if (reached[event] === order.watchers) waiting.get(event)?.();
      }
    });
    return stream;
  };
  const streams: ClientHttp2Stream[] = [];
  // A server takes a bounded number of requests at once, watches that begin among them.
  while (streams.length < order.watchers) {
    const count = Math.min(WATCHES_AT_ONCE, order.watchers - streams.length);
    const first = streams.length;
    streams.push(
      ...(await Promise.all(Array.from({ length: count }, (_, i) => watchOnce(first + i)))),
    );
  }
  let written = 0;
  const [writer] = open;
  if (writer === undefined) throw new Error('no session');
  const result = await closedLoop(
    order.writers,
    order.seconds,
    async (n) => {
      if (!(await carryOut(writer, order.write, n))) return false;
      const event = written++;
      if (reached[event] !== order.watchers)
        await new Promise<void>((resolve) => waiting.set(event, resolve));
      return true;
    },
    { warmUpShare: 0 },
  );
  for (const stream of streams) stream.close();
  return { ...result, perSecond: result.perSecond * order.watchers };
}

async function measured(work: Promise<LoopResult>): Promise<Measured> {
  const beganMs = threadCpuMs();
  const result = await work;
  return { ...result, cpuMs: threadCpuMs() - beganMs };
}

function follow(order: ClientOrder): Promise<SentAnswer | Measured> {
  if (order.type === 'send') return send(order);
  return measured(order.type === 'load' ? load(order) : fanOut(order));
}

parentPort?.on('message', (order: ClientOrder) => {
  void follow(order).then((answer) => parentPort?.postMessage(answer));
});
