import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import path from 'node:path';
import { askDaemon, dataFolder } from '../../src/daemon/index.js';
import { Cluster } from '../e2e/cluster.js';
import { gapMeter } from './gap-meter.js';
import { leaderKills, type LeaderKills } from './leader-kills.js';

const WINDOW_MS = 300;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const NAMES = 200;

/** A whole cluster, and a client that replaces config maps over one HTTP/2 connection. */
export async function failoverOverHttps(times: number): Promise<LeaderKills> {
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
    const folder = dataFolder(cluster.folder);
    const found = await leaderKills(times, {
      windowMs: WINDOW_MS,
      killLeader: async () => {
        await askDaemon(folder, { verb: 'kill', target: 'store-leader', holdMs: 0 });
      },
      appliedIndexes: async () => {
        const { store } = await askDaemon(folder, { verb: 'status' });
        return store.replicas.map(({ appliedIndex }) => appliedIndex);
      },
      takeWindow: () => Promise.resolve(meter.take(performance.now())),
    });
    stop();
    session.destroy();
    return found;
  } finally {
    await cluster.remove();
  }
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
