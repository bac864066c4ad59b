import { type ClientHttp2Session, connect } from 'node:http2';

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
  let open = 0;
  let closed = false;
  let onIdle = (): void => undefined;
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
      for (let i = 0; i < streamsEach; i++) request(session, i % 8 === 0 ? '/write' : '/hold');
    });
  }
  function request(session: ClientHttp2Session, path: string): void {
    if (closed || session.destroyed || session.closed) return;
    const stream = session.request({ ':method': 'POST', ':path': path });
    let status = 0;
    let whole = false;
    open++;
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0;
    });
    stream.on('error', () => undefined);
    stream.on('end', () => {
      whole = status === 200;
    });
    stream.on('close', () => {
      if (whole) answered++;
      else broken++;
      if (--open === 0) onIdle();
      request(session, path);
    });
    stream.resume();
    stream.end(body);
  }
  return {
    open: () => {
      for (let i = 0; i < sessionsCount; i++) openSession();
    },
    requestOnce: (path) => {
      // The newest: Node's client may keep a session whose socket was cut as if it were alive.
      const live = [...sessions].findLast((session) => !session.connecting && !session.destroyed);
      if (live === undefined) throw new Error(`no connection for ${path}`);
      request(live, path);
    },
    answered: () => answered,
    broken: () => broken,
    close: () =>
      new Promise((resolve) => {
        closed = true;
        onIdle = resolve;
        if (open === 0) resolve();
        for (const session of sessions) session.destroy();
      }),
  };
}
