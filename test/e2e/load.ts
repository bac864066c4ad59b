import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import path from 'node:path';
import type { Cluster } from './cluster.js';

const NAMES = 50;

export interface Load {
  /** Requests sent and not answered. */
  readonly outstanding: number;
  readonly answered: number;
  stop(): void;
}

/** Keeps a number of requests under way, reads and writes by turns, whatever happens to connection and server. */
export async function startLoad(cluster: Cluster, concurrency: number): Promise<Load> {
  const pki = (name: string): Buffer => readFileSync(path.join(cluster.folder, 'pki', name));
  const { apiServer } = await cluster.status();
  let session: ClientHttp2Session | undefined;
  let stopped = false;
  const load = { outstanding: 0, answered: 0, stop };

  function open(): ClientHttp2Session {
    const fresh = connect(apiServer.url, {
      ca: pki('ca.crt'),
      cert: pki('admin.crt'),
      key: pki('admin.key'),
    });
    fresh.on('error', () => fresh.destroy());
    fresh.on('close', () => {
      if (session === fresh) session = undefined;
    });
    return fresh;
  }

  function once(n: number): Promise<void> {
    // After a GOAWAY a session takes no new streams, though it is not closed yet.
    if (session === undefined || session.closed || session.destroyed) session = open();
    const current = session;
    const writes = n % 2 === 0;
    const url = `/api/v1/namespaces/default/configmaps/load-${n % NAMES}`;
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `load-${n % NAMES}` },
      data: { n: String(n) },
    });
    const stream = current.request({
      ':method': writes ? 'PUT' : 'GET',
      ':path': url,
      'content-type': 'application/json',
    });
    load.outstanding++;
    return new Promise((resolve) => {
      stream.on('response', () => load.answered++);
      stream.on('error', () => undefined);
      stream.on('close', () => {
        load.outstanding--;
        resolve();
      });
      stream.resume();
      stream.end(writes ? body : undefined);
    });
  }

  async function worker(first: number): Promise<void> {
    for (let n = first; !stopped; n += concurrency) {
      const began = performance.now();
      await once(n).catch(() => undefined);
      // A refused connection ends at once: it is not tried again at once.
      if (performance.now() - began < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  function stop(): void {
    stopped = true;
    session?.destroy();
  }
  for (let i = 0; i < concurrency; i++) void worker(i);
  return load;
}
