import type { Debugger, InspectorNotification, NodeWorker, Session } from 'node:inspector';
import { afterSeen } from './seen-time.js';

/** Where a thread is, or why that cannot be known. */
export type StallStack =
  | { readonly found: true; readonly stack: string }
  | { readonly found: false; readonly why: string };

const FRAMES_MAX = 30;

type FromWorker =
  | {
      readonly method: 'Debugger.scriptParsed';
      readonly params: Debugger.ScriptParsedEventDataType;
    }
  | { readonly method: 'Debugger.paused'; readonly params: Debugger.PausedEventDataType };

/**
 * The JavaScript stack of a thread that holds up its own loop, by V8's debugger: it is asked to pause, tells where, and goes on.
 * An endless loop, a regular expression and `Atomics.wait` can be interrupted so; a blocking system call cannot, and such a
 * thread has no stack. Nothing here blocks this thread or another, and it ends within `timeoutMs`.
 */
export async function stallStack(threadId: number, timeoutMs: number): Promise<StallStack> {
  try {
    const { Session } = await import('node:inspector');
    return await pauseOnce(new Session(), threadId, timeoutMs);
  } catch (error) {
    return { found: false, why: `no debugger: ${String(error)}` };
  }
}

function pauseOnce(session: Session, threadId: number, timeoutMs: number): Promise<StallStack> {
  return new Promise((resolve) => {
    let worker: string | undefined;
    const fileOf = new Map<string, string>();
    const post = (id: number, method: string): void => {
      const message = JSON.stringify({ id, method });
      if (worker !== undefined)
        session.post('NodeWorker.sendMessageToWorker', { sessionId: worker, message });
    };
    const finish = (result: StallStack): void => {
      deadline.cancel();
      post(3, 'Debugger.disable');
      session.disconnect();
      resolve(result);
    };
    const deadline = afterSeen(timeoutMs, () => {
      const why = worker === undefined ? 'it has no debugger' : 'it blocks in native code';
      finish({ found: false, why: `no JavaScript stack within ${String(timeoutMs)} ms: ${why}` });
    });
    session.connect();
    session.on(
      'NodeWorker.attachedToWorker',
      ({ params }: InspectorNotification<NodeWorker.AttachedToWorkerEventDataType>) => {
        // All workers are attached to, and only one is talked to. A title reads `[worker 7] name`.
        if (!params.workerInfo.title.startsWith(`[worker ${String(threadId)}]`)) return;
        worker = params.sessionId;
        post(1, 'Debugger.enable');
        post(2, 'Debugger.pause');
      },
    );
    session.on(
      'NodeWorker.receivedMessageFromWorker',
      ({ params }: InspectorNotification<NodeWorker.ReceivedMessageFromWorkerEventDataType>) => {
        if (params.sessionId !== worker) return;
        const told = JSON.parse(params.message) as FromWorker | { readonly method?: never };
        if (told.method === 'Debugger.scriptParsed')
          fileOf.set(told.params.scriptId, told.params.url);
        else if (told.method === 'Debugger.paused')
          finish({ found: true, stack: stackText(told.params.callFrames, fileOf) });
      },
    );
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}

/** As an error's stack reads. */
function stackText(
  frames: readonly Debugger.CallFrame[],
  fileOf: ReadonlyMap<string, string>,
): string {
  return frames
    .slice(0, FRAMES_MAX)
    .map(({ functionName, url, location }) => {
      const file = url === '' ? (fileOf.get(location.scriptId) ?? 'unknown') : url;
      const at = `${file}:${String(location.lineNumber + 1)}:${String((location.columnNumber ?? 0) + 1)}`;
      return functionName === '' ? `    at ${at}` : `    at ${functionName} (${at})`;
    })
    .join('\n');
}
