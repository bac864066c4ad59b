import { spawn } from 'node:child_process';
import { get } from 'node:http';
import type { RequestOptions } from 'node:http';

/** Runs `kubectl proxy` with these flags, and gives what `/api/` says through it. */
export async function throughProxy(
  kubectl: string,
  kubeconfig: string,
  flags: readonly string[],
): Promise<{ readonly line: string; readonly body: unknown }> {
  const proxy = spawn(kubectl, ['--kubeconfig', kubeconfig, 'proxy', ...flags]);
  try {
    const line = await new Promise<string>((resolve, reject) => {
      let output = '';
      const read = (data: Buffer): void => {
        output += data.toString();
        if (output.includes('\n')) resolve(output.trim());
      };
      proxy.stdout.on('data', read);
      proxy.stderr.on('data', read);
      proxy.once('exit', () => {
        reject(new Error(`kubectl proxy ended: ${output}`));
      });
    });
    const at = line.replace('Starting to serve on ', '');
    const [host, port] = at.split(':');
    const to: RequestOptions = at.startsWith('/') ? { socketPath: at } : { host, port };
    return { line, body: await readJson({ ...to, path: '/api/' }) };
  } finally {
    proxy.kill();
  }
}

function readJson(options: RequestOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => {
        text += data.toString();
      });
      response.on('end', () => {
        resolve(JSON.parse(text));
      });
    }).once('error', reject);
  });
}
