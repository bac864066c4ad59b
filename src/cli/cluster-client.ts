import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
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
      sendOnce(agent, new URL(path, cluster.server), method, body, contentType),
    close: () => agent.destroy(),
  };
}

function sendOnce(
  agent: Agent,
  url: URL,
  method: string,
  body: unknown,
  contentType: string,
): Promise<ClusterReply> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': contentType };
    const call = request(url, { agent, method, headers, timeout: TIMEOUT_MS }, (response) => {
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
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
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
