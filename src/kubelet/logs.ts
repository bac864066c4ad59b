import type { StreamCall } from '../actor/index.js';
import type { V1PodStatus } from '../api/index.js';
import type { ContainerRuntime, LogLine, LogsRequest, LogTail } from '../protocol/index.js';
import { logSource } from './log-source.js';

/** Chunks that wait for a slow reader; beyond them its stream ends. */
const QUEUED_MAX = 10_000;
/** Lines that are there already are sent in chunks of about this size. */
const CHUNK_CHARACTERS = 16_384;

const encoder = new TextEncoder();

/**
 * Answers `kubectl logs`: the lines there are, and with `follow` those that come, until the container ends. `status` is
 * the pod's; undefined: this kubelet has no such pod.
 */
export function serveLogs(
  runtime: ContainerRuntime,
  status: V1PodStatus | undefined,
  call: StreamCall<LogsRequest, Uint8Array>,
  wallMs: number,
): void {
  const { request } = call;
  const refuse = (message: string): void => {
    call.fail({ code: 'bad-request', message });
  };
  if (status === undefined) {
    refuse(`pod "${request.pod}" cannot be found - no logs available`);
    return;
  }
  const source = logSource(status, request);
  if (source.ok) sendLogs(runtime, source.value, call, wallMs);
  else refuse(source.error);
}

function sendLogs(
  runtime: ContainerRuntime,
  containerId: string,
  call: StreamCall<LogsRequest, Uint8Array>,
  wallMs: number,
): void {
  const { request } = call;
  const sink = logSink(call);
  let tail: LogTail | undefined = undefined;
  let ended = false;
  let containerEnded = false;
  const cancel = (): void => {
    ended = true;
    tail?.cancel();
  };
  const end = (): void => {
    if (ended) return;
    cancel();
    call.complete();
  };
  call.onCancel(cancel);
  tail = runtime.logs(containerId.replace(/^[^:]*:\/\//, ''), {
    onLine(line) {
      if (request.follow && !ended && !sink.send(lineText(line, request.timestamps))) end();
    },
    onEnd() {
      containerEnded = true;
      // Before the lines that are there have been sent, it is not over.
      if (tail !== undefined) end();
    },
  });
  if (tail === undefined) {
    sink.send(`unable to retrieve container logs for ${containerId}`);
    end();
    return;
  }
  const whole = chunks(selected(tail.lines, request, wallMs), request.timestamps).every((chunk) =>
    sink.send(chunk),
  );
  const isOver = (): boolean => containerEnded;
  if (!request.follow || !whole || isOver()) end();
}

interface LogSink {
  /** False: nothing more is wanted. */
  send(text: string): boolean;
}

function logSink(call: StreamCall<LogsRequest, Uint8Array>): LogSink {
  let leftBytes = call.request.limitBytes ?? Infinity;
  return {
    send(text) {
      const data = encoder.encode(text);
      const cut = data.subarray(0, Math.min(data.byteLength, leftBytes));
      leftBytes -= cut.byteLength;
      if (cut.byteLength > 0) call.send(cut);
      return leftBytes > 0 && call.queuedItems < QUEUED_MAX;
    },
  };
}

/** Which of the lines were asked for. Pure. */
export function selected(
  lines: readonly LogLine[],
  request: LogsRequest,
  wallMs: number,
): readonly LogLine[] {
  const sinceMs = beginning(request, wallMs);
  const recent = lines.filter((line) => line.timeMs >= sinceMs);
  return request.tailLines === undefined
    ? recent
    : recent.slice(Math.max(0, recent.length - request.tailLines));
}

function beginning({ sinceTime, sinceSeconds }: LogsRequest, wallMs: number): number {
  if (sinceTime !== undefined) return Date.parse(sinceTime);
  return sinceSeconds === undefined ? -Infinity : wallMs - sinceSeconds * 1000;
}

function chunks(lines: readonly LogLine[], timestamps: boolean): string[] {
  const found: string[] = [];
  let chunk = '';
  for (const line of lines) {
    chunk += lineText(line, timestamps);
    if (chunk.length < CHUNK_CHARACTERS) continue;
    found.push(chunk);
    chunk = '';
  }
  return chunk === '' ? found : [...found, chunk];
}

/** With its time in RFC 3339, to the nanosecond, as the kubelet prints it. */
function lineText({ timeMs, text }: LogLine, timestamps: boolean): string {
  return timestamps
    ? `${new Date(timeMs).toISOString().replace('Z', '000000Z')} ${text}\n`
    : `${text}\n`;
}
