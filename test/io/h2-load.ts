import { type ClientHttp2Session, connect } from 'node:http2';
import { createTraffic } from './h2-traffic.js';

/** Clients that keep so many requests open at an HTTP/2 server; most of them are never answered. */
export interface H2Load {
  /** Connects anew; called whenever the server is up again. */
  open(): void;
  /** One more request, on the newest connection. Throws where there is none. */
  requestOnce(path: string): void;
  readonly answered: () => number;
  readonly broken: () => number;
  /** Resolves once every request that was ever sent has ended. */
  close(): Promise<void>;
}

export function h2Load(port: number, sessionsCount: number, streamsEach: number): H2Load {
  let answered = 0;
  let broken = 0;
  let closed = false;
  let onIdle = (): void => undefined;
  const traffic = createTraffic();
  const sessions = new Set<ClientHttp2Session>();
  const body = Buffer.alloc(2000);

  function openSession(): void {
    const session = connect(`https://127.0.0.1:${String(port)}`, { rejectUnauthorized: false });
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => {
      sessions.delete(session);
    });
    session.on('connect', () => {
      for (let i = 0; i < streamsEach; i++) void request(session, i % 8 === 0 ? '/write' : '/hold');
    });
  }
  /** One after another, as long as the session lives. */
  async function request(session: ClientHttp2Session, path: string): Promise<void> {
    while (!closed && !session.destroyed && !session.closed) {
      const headers = { ':method': 'POST', ':path': path };
      const { status, whole } = await traffic.send(session, headers, body);
      if (whole && status === 200) answered++;
      else broken++;
      if (traffic.outstanding === 0) onIdle();
    }
  }
  return {
    open: () => {
      for (let i = 0; i < sessionsCount; i++) openSession();
    },
    requestOnce: (path) => {
      // The newest: Node's client may keep a session whose socket was cut as if it were alive.
      const live = [...sessions].findLast((session) => !session.connecting && !session.destroyed);
      if (live === undefined) throw new Error(`no connection for ${path}`);
      void request(live, path);
    },
    answered: () => answered,
    broken: () => broken,
    close: () =>
      new Promise((resolve) => {
        closed = true;
        onIdle = resolve;
        if (traffic.outstanding === 0) resolve();
        for (const session of sessions) session.destroy();
      }),
  };
}
