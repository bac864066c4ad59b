import { spawn, type ChildProcess } from 'node:child_process';
import { OperatingError, type DataFolder } from '../../daemon/index.js';

const READY_MAX_MS = 60_000;
/** A cluster that takes longer to stop is ended by force: it is thrown away anyway. */
const STOP_MAX_MS = 30_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The cluster of the tour: a process of its own, which ends with the tour. */
export interface DemoCluster {
  readonly ready: Promise<void>;
  /** Rejects where the tour is to end before its time. */
  readonly interrupted: Promise<never>;
  /** Resolves once nothing of it runs. */
  end(): Promise<void>;
}

export function startDemoCluster(folder: DataFolder): DemoCluster {
  const flags = ['--data-dir', folder.root, '--set', 'apiServer.port=0'];
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'start', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let interrupt = (_signal: NodeJS.Signals): void => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt = (signal) => {
      reject(new OperatingError(`the tour was ended by ${signal}`));
    };
  });
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return {
    ready: untilReady(child),
    interrupted,
    async end() {
      await endChild(child);
      for (const signal of SIGNALS) process.off(signal, interrupt);
    },
  };
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(
      () => reject(new OperatingError('the cluster was not ready in time')),
      READY_MAX_MS,
    );
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      if (!/^ready/m.test(text)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new OperatingError(`the cluster ended (${code ?? 'killed'}) before it was ready`));
    });
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS);
  await gone;
  clearTimeout(force);
}
