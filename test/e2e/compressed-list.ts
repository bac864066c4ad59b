import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Compressed it is far more than what is on its way to a client at a time. */
const OBJECTS = 3;
const OBJECT_BYTES = 600_000;
const LARGE = { labels: { size: 'large' } };
export const LARGE_LIST = '/api/v1/namespaces/default/configmaps?labelSelector=size%3Dlarge';

/** ConfigMaps that gzip can make little of: together the large list. */
export function largeConfigMaps(): { readonly body: object; readonly at: string }[] {
  return Array.from({ length: OBJECTS }, (_, n) => {
    const at = randomBytes(OBJECT_BYTES).toString('base64');
    return { body: { metadata: { name: `large-${n}`, ...LARGE }, data: { at } }, at };
  });
}

/** What came of an answer. */
export interface Taken {
  readonly status: number | undefined;
  readonly coding: string | undefined;
  /** It came to its end. */
  readonly isWhole: boolean;
  readonly body: Buffer;
}

export interface TakenAnswer {
  /** Resolves at its first bytes, or when it breaks off before. */
  readonly begun: Promise<void>;
  readonly taken: Promise<Taken>;
}

/** A client with a connection of its own. */
export function openClient(folder: string, url: string): ClientHttp2Session {
  const pki = (name: string): Buffer => readFileSync(path.join(folder, 'pki', name));
  const session = connect(url, {
    ca: pki('ca.crt'),
    cert: pki('admin.crt'),
    key: pki('admin.key'),
  });
  session.on('error', () => session.destroy());
  return session;
}

/** `reads`: all that comes, or nothing but the first bytes, so that the server cannot go on. */
export function takeLargeList(session: ClientHttp2Session, reads: 'all' | 'little'): TakenAnswer {
  const stream = session.request({ ':path': LARGE_LIST, 'accept-encoding': 'gzip' });
  const chunks: Buffer[] = [];
  let head: { status: number | undefined; coding: string | undefined } = {
    status: undefined,
    coding: undefined,
  };
  let isWhole = false;
  stream.on('response', (headers) => {
    head = { status: headers[':status'], coding: headers['content-encoding'] };
  });
  stream.on('error', () => undefined);
  stream.on('end', () => {
    isWhole = head.status !== undefined;
  });
  const closed = new Promise<void>((resolve) => {
    stream.once('close', resolve);
  });
  const begun = new Promise<void>((resolve) => {
    void closed.then(resolve);
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (reads === 'little') stream.pause();
      resolve();
    });
  });
  return {
    begun,
    taken: closed.then(() => ({ ...head, isWhole, body: Buffer.concat(chunks) })),
  };
}

/** What the objects of a compressed list say, in the order of their names. */
export function dataOf(body: Buffer): string[] {
  const { items } = JSON.parse(gunzipSync(body).toString()) as {
    items: { data: { at: string } }[];
  };
  return items.map(({ data }) => data.at);
}
