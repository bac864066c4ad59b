import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import path from 'node:path';
import { createTraffic } from '../io/h2-traffic.js';
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
  let answered = 0;
  const traffic = createTraffic();

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

  async function once(n: number): Promise<void> {
    // After a GOAWAY a session takes no new streams, though it is not closed yet.
    if (session === undefined || session.closed || session.destroyed) session = open();
    const writes = n % 2 === 0;
    const name = `load-${n % NAMES}`;
    const headers = {
      ':method': writes ? 'PUT' : 'GET',
      ':path': `/api/v1/namespaces/default/configmaps/${name}`,
      'content-type': 'application/json',
    };
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { n: String(n) },
    };
    const body = writes ? JSON.stringify(object) : undefined;
    const { status } = await traffic.send(session, headers, body);
    if (status !== 0) answered++;
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
  return {
    get outstanding() {
      return traffic.outstanding;
    },
    get answered() {
      return answered;
    },
    stop,
  };
}
