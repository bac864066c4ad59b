import type { StreamCall } from '../actor/index.js';
import type { ContainerRuntime, ContainerStatus, LogLine, LogsRequest } from '../protocol/index.js';

/** Lines that wait for a slow reader; beyond them the stream ends. */
const QUEUED_MAX = 10_000;

/** Answers `kubectl logs`: the lines there are, and with `follow` those that come, until the container ends. */
export function serveLogs(runtime: ContainerRuntime, call: StreamCall<LogsRequest, Uint8Array>, wallMs: number): void {
  const { request } = call;
  const found = findContainer(runtime, request);
  if (found === undefined) {
    const message = request.previous
      ? `previous terminated container "${request.container}" in pod "${request.pod}" not found`
      : `container "${request.container}" in pod "${request.pod}" is waiting to start: ContainerCreating`;
    call.fail({ code: 'not-found', message });
    return;
  }
  const encoder = new TextEncoder();
  let leftBytes = request.limitBytes ?? Infinity;
  const send = (line: LogLine): boolean => {
    const data = encoder.encode(lineText(line, request.timestamps));
    const cut = data.subarray(0, Math.min(data.byteLength, leftBytes));
    leftBytes -= cut.byteLength;
    if (cut.byteLength > 0) call.send(cut);
    return leftBytes > 0 && call.queuedItems < QUEUED_MAX;
  };
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    log.cancel();
    call.complete();
  };
  const log = runtime.logs(found.id, (line) => {
    if (ended || !request.follow) return;
    if (!send(line) || isOver(runtime, request)) end();
  });
  call.onCancel(() => {
    ended = true;
    log.cancel();
  });
  const whole = selected(log.lines, request, wallMs).every(send);
  if (!request.follow || !whole || found.state === 'exited') end();
}

/** Which of the lines were asked for. Pure. */
export function selected(lines: readonly LogLine[], request: LogsRequest, wallMs: number): readonly LogLine[] {
  const sinceMs = request.sinceTime !== undefined ? Date.parse(request.sinceTime) : request.sinceSeconds !== undefined ? wallMs - request.sinceSeconds * 1000 : -Infinity;
  const recent = lines.filter((line) => line.timeMs >= sinceMs);
  return request.tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - request.tailLines));
}

function lineText({ timeMs, text }: LogLine, timestamps: boolean): string {
  return timestamps ? `${new Date(timeMs).toISOString().replace('Z', '000000Z')} ${text}\n` : `${text}\n`;
}

function findContainer(runtime: ContainerRuntime, request: LogsRequest): ContainerStatus | undefined {
  const attempts = runtime
    .list()
    .filter(({ config }) => config.namespace === request.namespace && config.name === request.pod)
    .flatMap(({ containers }) => containers)
    .filter(({ config }) => config.name === request.container)
    .sort((a, b) => b.config.attempt - a.config.attempt);
  return request.previous ? attempts[1] : attempts[0];
}

function isOver(runtime: ContainerRuntime, request: LogsRequest): boolean {
  return findContainer(runtime, request)?.state === 'exited';
}
