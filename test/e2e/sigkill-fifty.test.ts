import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { seededRandom } from '../../src/base/index.js';
import { Cluster } from './cluster.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

const DAEMON = fileURLToPath(new URL('../../src/daemon/main.js', import.meta.url));
const FLAGS = ['--set', 'apiServer.port=0', '--set', 'nodes.count=0'];
const seed = Number(process.env['KUBACTOR_SEED'] ?? Date.now() % 1_000_000);

/** In order of what a start costs: most kills come before anything is up. */
const KILLS = { start: 26, running: 12, stop: 12 } as const;
type Phase = keyof typeof KILLS;
const PHASES = Object.keys(KILLS) as Phase[];
/** Kills come at a moment within that time after the phase began. */
const WITHIN_MS: Readonly<Record<Phase, number>> = { start: 1200, running: 100, stop: 250 };

t.test(
  `SIGKILL fifty times, during start, running and stop: it always comes back (KUBACTOR_SEED=${seed})`,
  { timeout: 300_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    const random = seededRandom(seed);
    const phases = shuffled(
      PHASES.flatMap((phase) => Array.from({ length: KILLS[phase] }, () => phase)),
      random,
    );
    const written: string[] = [];
    let life: Life | undefined;
    t.teardown(() => life?.process.kill('SIGKILL'));
    for (const [round, phase] of phases.entries()) {
      const current = startLife(cluster.folder);
      life = current;
      if (phase !== 'start') {
        await current.ready;
        const names = numbered(`round-${round}`, 2);
        await writeConfigMaps(cluster.kubeconfig, names);
        written.push(...names);
      }
      if (phase === 'stop') current.process.kill('SIGTERM');
      const afterMs = (random.uint32() / 2 ** 32) * WITHIN_MS[phase];
      const kill = setTimeout(() => current.process.kill('SIGKILL'), afterMs);
      const { code, signal } = await current.ended;
      clearTimeout(kill);
      // A stop may be faster than its kill.
      if (signal !== 'SIGKILL' && !(phase === 'stop' && code === 0))
        t.fail(
          `round ${round} (${phase}): ended with ${code ?? signal ?? ''}\n${current.output()}`,
        );
    }
    life = startLife(cluster.folder);
    await life.ready;
    t.same(await missingConfigMaps(cluster.kubeconfig, written), [], `${written.length} written`);
    const { store } = await cluster.status();
    t.same(
      store.replicas.map(({ state, problem }) => [state, problem]),
      Array.from({ length: 3 }, () => ['running', null]),
    );
    life.process.kill('SIGTERM');
    t.equal((await life.ended).code, 0);
    t.equal(readFileSync(path.join(cluster.folder, 'VERSION'), 'utf8'), '1\n');
  },
);

interface Life {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  output(): string;
}

/** The daemon alone, without the heart that would start it again. */
function startLife(folder: string): Life {
  const child = spawn(process.execPath, [DAEMON, '--data-dir', folder, ...FLAGS], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let markReady: () => void = () => undefined;
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<void>((resolve, reject) => {
    markReady = resolve;
    void ended.then(() => reject(new Error(`it ended before it was ready:\n${output}`)));
  });
  // Who kills it during its start does not wait for it.
  ready.catch(() => undefined);
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/^ready/m.test(output)) markReady();
    });
  return { process: child, ready, ended, output: () => output };
}

function shuffled<T>(items: readonly T[], random: ReturnType<typeof seededRandom>): T[] {
  return items
    .map((item) => ({ item, at: random.uint32() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
