import { randomBelow, randomChance, randomPick } from '../base/index.js';
import type { ActorContext } from '../actor/index.js';
import type { StoreRange } from '../checker/index.js';
import type { StoreClient, StoreWatch } from '../store/index.js';
import type { WorkloadPorts } from './workload-ports.js';
import { ALL_KEYS } from './workload-draw.js';

const RANGES: readonly StoreRange[] = [
  ALL_KEYS,
  ALL_KEYS,
  { key: 'k0', rangeEnd: 'k3' },
  { key: 'k1' },
];

/** Watches everything from the beginning; where that was compacted, from there on. */
export function watchEverything(
  context: ActorContext,
  client: StoreClient,
  ports: WorkloadPorts,
  startRevision = 1,
): void {
  const record = ports.history.watch(context.self.id, ALL_KEYS, startRevision);
  const request = { ...ALL_KEYS, startRevision, prevKv: true, progressNotify: true };
  client.watch(request, {
    onBatch: (batch) => {
      record(batch);
      ports.watched(context.self.id, batch.revision);
    },
    onEnd: (end) => {
      if (end.code === 'compacted')
        watchEverything(context, client, ports, end.compactRevision + 1);
    },
  });
}

/** Comes and goes: watches this and that, from now or from where it was, is slow at times, and resumes. */
export function watchNowAndThen(
  context: ActorContext,
  client: StoreClient,
  ports: WorkloadPorts,
  fromRevision = 0,
): void {
  const { random, clock, self } = context;
  const range = randomPick(random, RANGES);
  const startRevision = randomChance(random, 0.7) ? fromRevision : 0;
  const record = ports.history.watch(self.id, range, startRevision);
  let bookmark = 0;
  let watch: StoreWatch | undefined;
  const again = (nextRevision: number): void => {
    clock.after(1 + randomBelow(random, 300), () => {
      watchNowAndThen(context, client, ports, nextRevision);
    });
  };
  const request = {
    ...range,
    startRevision,
    prevKv: randomChance(random, 0.5),
    progressNotify: true,
  };
  watch = client.watch(request, {
    onBatch: (batch) => {
      record(batch);
      bookmark = batch.revision;
      ports.watched(self.id, bookmark);
    },
    onEnd: (end) => {
      watch = undefined;
      again(end.code === 'compacted' ? end.compactRevision + 1 : bookmark + 1);
    },
  });
  if (randomChance(random, 0.3)) {
    watch.pause();
    clock.after(randomBelow(random, 2000), () => watch?.resume());
  }
  const live = (): void => {
    clock.after(500 + randomBelow(random, 8000), () => {
      if (ports.active()) watch?.cancel();
      else live();
    });
  };
  live();
}
