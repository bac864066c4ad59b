import type { ClusterStatus } from './control/index.js';

const INTERVAL_MS = 1000;

/** One line that is kept up to date at the foot of a terminal. Returns what ends it. */
export function keepLiveLine(
  stream: NodeJS.WriteStream,
  status: () => Promise<ClusterStatus>,
): () => void {
  let drawing = false;
  const timer = setInterval(() => {
    if (drawing) return;
    drawing = true;
    void status()
      .then((found) =>
        stream.write(`\r\u001b[2K${liveLine(found).slice(0, (stream.columns || 80) - 1)}`),
      )
      .finally(() => (drawing = false));
  }, INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    stream.write('\r\u001b[2K');
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
