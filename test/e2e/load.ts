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
  /** Sends so many requests at once, reads and writes by turns; resolves when each has its answer or was broken off. */
  burst(requests: number): Promise<void>;
  /** Resolves when what was sent is at the server, or the connection is gone. */
  arrived(): Promise<void>;
  stop(): void;
}

/** Requests in bursts over one connection, which is opened again whatever happens to connection and server. */
export async function openLoad(cluster: Cluster): Promise<Load> {
  const pki = (name: string): Buffer => readFileSync(path.join(cluster.folder, 'pki', name));
  const { apiServer } = await cluster.status();
  let session: ClientHttp2Session | undefined;
  let sent = 0;
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

  async function burst(requests: number): Promise<void> {
    const all = Array.from({ length: requests }, () => once(sent++).catch(() => undefined));
    await Promise.all(all);
  }

  /** A ping is answered after all that was sent before it was read. */
  function arrived(): Promise<void> {
    const current = session;
    if (current === undefined || current.closed || current.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        current.off('close', done);
        resolve();
      };
      current.on('close', done);
      current.ping(done);
    });
  }

  return {
    get outstanding() {
      return traffic.outstanding;
    },
    get answered() {
      return answered;
    },
    burst,
    arrived,
    stop: () => session?.destroy(),
  };
}
