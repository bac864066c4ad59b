import { connect } from 'node:net';
import { errorCode, OperatingError } from '../failure.js';
import type { DataFolder } from '../folder/index.js';
import type { ControlReplies, ControlRequest, ControlResponse } from './messages.js';

const TIMEOUT_MS = 30_000;

/** Asks the daemon of a data folder. Throws an `OperatingError` that says what to do where none runs. */
export async function askDaemon<R extends ControlRequest>(
  folder: DataFolder,
  request: R,
  timeoutMs = TIMEOUT_MS,
): Promise<ControlReplies[R['verb']]> {
  const line = await exchange(folder, `${JSON.stringify(request)}\n`, timeoutMs);
  const response = JSON.parse(line) as ControlResponse;
  if (!response.ok) throw new OperatingError(response.message);
  return response.value as ControlReplies[R['verb']];
}

function exchange(folder: DataFolder, line: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(folder.controlSocket, () => socket.write(line));
    const chunks: Buffer[] = [];
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new OperatingError(`the daemon did not answer within ${timeoutMs / 1000} s`)),
    );
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => reject(refusal(folder, error)));
    socket.on('close', () => {
      if (chunks.length > 0) resolve(Buffer.concat(chunks).toString());
      else reject(new OperatingError('the daemon ended before it answered'));
    });
  });
}

function refusal(folder: DataFolder, error: Error): Error {
  if (error instanceof OperatingError) return error;
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new OperatingError(
      `no kubactor runs on ${folder.root}; start one with \`kubactor start\` or name its --data-dir`,
    );
  }
  return new OperatingError(`control socket ${folder.controlSocket}: ${error.message}`);
}
