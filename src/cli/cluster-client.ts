import { readFileSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:https';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: {
      readonly 'client-certificate-data': string;
      readonly 'client-key-data': string;
    };
  }[];
}

export interface ClusterReply {
  readonly status: number;
  readonly body: unknown;
}

/** A plain HTTPS client for the tour and the benchmarks: one request, one answer, no retries, so that gaps are seen. */
export interface ClusterClient {
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<ClusterReply>;
  /** In the form that `accept` names, or an error after `timeoutMs`. */
  get(path: string, accept: string, timeoutMs: number): Promise<ClusterReply>;
  close(): void;
}

const TIMEOUT_MS = 30_000;

export function clusterClient(kubeconfigFile: string): ClusterClient {
  const config = parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
  const [cluster, user] = [config.clusters[0]?.cluster, config.users[0]?.user];
  if (cluster === undefined || user === undefined)
    throw new Error(`${kubeconfigFile} names no cluster or no user`);
  const decode = (text: string): Buffer => Buffer.from(text, 'base64');
  const agent = new Agent({
    keepAlive: true,
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });
  return {
    send: (method, path, body, contentType = 'application/json') =>
      sendOnce(
        { agent, method, headers: body === undefined ? {} : { 'content-type': contentType } },
        new URL(path, cluster.server),
        body,
      ),
    get: (path, accept, timeout) =>
      sendOnce({ agent, headers: { accept }, timeout }, new URL(path, cluster.server)),
    close: () => agent.destroy(),
  };
}

function sendOnce(
  { timeout = TIMEOUT_MS, ...options }: RequestOptions,
  url: URL,
  body?: unknown,
): Promise<ClusterReply> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ...options, timeout }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: parsed(Buffer.concat(chunks).toString()),
        }),
      );
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeout / 1000} s`)));
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
