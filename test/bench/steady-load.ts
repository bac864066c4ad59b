import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import path from 'node:path';
import type { Cluster } from '../e2e/cluster.js';
import { createTraffic } from '../io/h2-traffic.js';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const LIST_MS = 1000;

export interface SteadyLoad {
  readonly acknowledged: number;
  /** Not acknowledged: refused, or broken off by a kill. */
  readonly failed: number;
  readonly lists: number;
  /** Bytes that the watch brought. */
  readonly watchedBytes: number;
  stop(): void;
}

export interface LoadShape {
  readonly writesPerSecond: number;
  /** So many objects are written in turn: there are never more. */
  readonly objects: number;
}

/**
 * Replaces ConfigMaps at a steady rate, lists them once a second, and watches them all the time, over one HTTP/2 connection
 * that is opened again when a kill has taken it.
 */
export async function steadyLoad(cluster: Cluster, shape: LoadShape): Promise<SteadyLoad> {
  const pki = (name: string): Buffer => readFileSync(path.join(cluster.folder, 'pki', name));
  const { apiServer } = await cluster.status();
  const keys = { ca: pki('ca.crt'), cert: pki('admin.crt'), key: pki('admin.key') };
  const traffic = createTraffic();
  let session: ClientHttp2Session | undefined;
  let watching = false;
  const counts = { acknowledged: 0, failed: 0, lists: 0, watchedBytes: 0 };

  function usable(): ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const fresh = connect(apiServer.url, keys);
    fresh.on('error', () => fresh.destroy());
    session = fresh;
    return fresh;
  }

  async function write(n: number): Promise<void> {
    const name = `soak-${n % shape.objects}`;
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { n: `${n}` } };
    const creates = n < shape.objects;
    const headers = {
      ':method': creates ? 'POST' : 'PUT',
      ':path': creates ? CONFIG_MAPS : `${CONFIG_MAPS}/${name}`,
      'content-type': 'application/json',
    };
    const { status } = await traffic.send(usable(), headers, JSON.stringify(object));
    if (status === 200 || status === 201) counts.acknowledged++;
    else counts.failed++;
  }

  async function list(): Promise<void> {
    const headers = { ':method': 'GET', ':path': CONFIG_MAPS };
    const { status } = await traffic.send(usable(), headers);
    if (status === 200) counts.lists++;
  }

  function watch(): void {
    if (watching) return;
    watching = true;
    const stream = usable().request({ ':method': 'GET', ':path': `${CONFIG_MAPS}?watch=true` });
    stream.on('data', (data: Buffer) => (counts.watchedBytes += data.byteLength));
    stream.on('error', () => undefined);
    stream.on('close', () => (watching = false));
    stream.end();
  }

  const failed = (): void => {
    counts.failed++;
  };
  let [n, dueMs] = [0, performance.now()];
  const periodMs = 1000 / shape.writesPerSecond;
  const writer = setInterval(() => {
    for (const now = performance.now(); dueMs <= now; dueMs += periodMs) write(n++).catch(failed);
  }, periodMs);
  const reader = setInterval(() => {
    list().catch(() => undefined);
    watch();
  }, LIST_MS);
  return {
    get acknowledged() {
      return counts.acknowledged;
    },
    get failed() {
      return counts.failed;
    },
    get lists() {
      return counts.lists;
    },
    get watchedBytes() {
      return counts.watchedBytes;
    },
    stop: () => {
      clearInterval(writer);
      clearInterval(reader);
      session?.destroy();
    },
  };
}
