import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import path from 'node:path';
import { askDaemon, dataFolder } from '../../src/daemon/index.js';
import { Cluster, eventually } from '../e2e/cluster.js';
import type { Failovers } from './failover.js';
import { gapMeter } from './gap-meter.js';

const WINDOW_MS = 300;
const QUIET_WINDOWS = 20;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const NAMES = 200;

/** A whole cluster, and a client that replaces config maps over one HTTP/2 connection. */
export async function failoverOverHttps(times: number): Promise<Failovers> {
  const cluster = new Cluster();
  try {
    await cluster.start();
    const session = await openSession(cluster);
    for (let i = 0; i < NAMES; i++) await put(session, 'POST', CONFIG_MAPS, i);
    const meter = gapMeter(performance.now());
    const stop = openLoop((n) => {
      void put(session, 'PUT', `${CONFIG_MAPS}/bench-${n % NAMES}`, n % NAMES).then((status) => {
        if (status === 200) meter.acknowledged(performance.now());
        else meter.refused();
      });
    });
    const found = await killLeaders(cluster, times, () => meter.take(performance.now()));
    stop();
    session.destroy();
    return found;
  } finally {
    await cluster.remove();
  }
}

async function killLeaders(
  cluster: Cluster,
  times: number,
  take: () => { longestGapMs: number; acknowledged: number; refused: number },
): Promise<Failovers> {
  const folder = dataFolder(cluster.folder);
  const ready = (): Promise<unknown> =>
    eventually('ready', async () => (await askDaemon(folder, { verb: 'status' })).ready);
  await pause(2000);
  take();
  const quietMs: number[] = [];
  for (let i = 0; i < QUIET_WINDOWS; i++) {
    await pause(WINDOW_MS);
    quietMs.push(take().longestGapMs);
  }
  const gapsMs: number[] = [];
  let [acknowledged, refused] = [0, 0];
  const began = performance.now();
  for (let i = 0; i < times; i++) {
    await askDaemon(folder, { verb: 'kill', target: 'store-leader', holdMs: 0 });
    await ready();
    await pause(WINDOW_MS);
    const seen = take();
    gapsMs.push(seen.longestGapMs);
    acknowledged += seen.acknowledged;
    refused += seen.refused;
  }
  return { gapsMs, quietMs, acknowledged, refused, seconds: (performance.now() - began) / 1000 };
}

async function openSession(cluster: Cluster): Promise<ClientHttp2Session> {
  const pki = (name: string): Buffer => readFileSync(path.join(cluster.folder, 'pki', name));
  const { apiServer } = await cluster.status();
  return connect(apiServer.url, {
    ca: pki('ca.crt'),
    cert: pki('admin.crt'),
    key: pki('admin.key'),
  });
}

function put(session: ClientHttp2Session, method: string, url: string, n: number): Promise<number> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': method,
      ':path': url,
      'content-type': 'application/json',
    });
    let status = 0;
    stream.on('response', (headers) => (status = Number(headers[':status'])));
    stream.on('error', () => resolve(0));
    stream.on('close', () => resolve(status));
    stream.resume();
    stream.end(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `bench-${n}` },
        data: { at: String(performance.now()) },
      }),
    );
  });
}

/** Calls once a millisecond, and makes up for what the timer missed. */
function openLoop(send: (n: number) => void): () => void {
  let [n, dueMs] = [0, performance.now()];
  const timer = setInterval(() => {
    for (const now = performance.now(); dueMs <= now; dueMs++) send(n++);
  }, 1);
  return () => clearInterval(timer);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
