import type { ClusterStatus } from './control/index.js';

const INTERVAL_MS = 1000;
/** To the start of the line, and erase it. */
const CLEAR = '\r\u001b[2K';

/** One line that is kept up to date at the foot of a terminal. Returns what ends it. */
export function keepLiveLine(
  stream: NodeJS.WriteStream,
  status: () => Promise<ClusterStatus>,
): () => void {
  let drawing = false;
  let ended = false;
  const draw = async (): Promise<void> => {
    drawing = true;
    const found = await status();
    drawing = false;
    if (!ended) stream.write(`${CLEAR}${liveLine(found).slice(0, (stream.columns || 80) - 1)}`);
  };
  const timer = setInterval(() => {
    if (!drawing) void draw();
  }, INTERVAL_MS);
  timer.unref();
  return () => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    stream.write(CLEAR);
  };
}

export function liveLine({ store, actors, nodes, pods }: ClusterStatus): string {
  const up = actors.filter((actor) => actor.state === 'running').length;
  return [
    `leader ${store.leader ?? 'none'}`,
    `term ${store.term}`,
    `actors ${up}/${actors.length}`,
    `nodes ${nodes.ready}/${nodes.total} ready`,
    `pods ${pods.ready}/${pods.total} ready`,
  ].join('  ');
}
