import { AggregatorRegistry, type Registry } from 'prom-client';
import type { ActorFigures, SystemFigures } from '../actor/index.js';
import type { MetricJson } from './metric-json.js';

/** One value of a family; `undefined` where the actor did not tell. */
interface Sample {
  readonly value: number | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  /** What a histogram's name ends with. */
  readonly suffix?: '_bucket' | '_count' | '_sum';
}

interface ActorFamily {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly samples: (actor: ActorFigures) => readonly Sample[];
}

function one(value: number | null | undefined): Sample[] {
  return [{ value: value ?? undefined }];
}

function inAndOut(received: number | undefined, sent: number | undefined): Sample[] {
  return [
    { value: received, labels: { direction: 'in' } },
    { value: sent, labels: { direction: 'out' } },
  ];
}

/** Bucket `n` ends at 2^n microseconds, and the last one nowhere. */
function handlingSamples(counts: ActorFigures['counts']): Sample[] {
  if (counts === null) return [];
  const { handlingMicroseconds: buckets, handlingMs } = counts;
  let total = 0;
  const samples = buckets.map((count, n): Sample => {
    total += count;
    const le = n === buckets.length - 1 ? '+Inf' : String(2 ** n / 1e6);
    return { value: total, labels: { le }, suffix: '_bucket' };
  });
  return [
    ...samples,
    { value: handlingMs / 1000, suffix: '_sum' },
    { value: total, suffix: '_count' },
  ];
}

function seconds(ms: number | null | undefined): number | undefined {
  return typeof ms === 'number' ? ms / 1000 : undefined;
}

/** Totals are of one life: they begin anew with each restart, as counters may. */
const FAMILIES: readonly ActorFamily[] = [
  {
    name: 'kubactor_actor_up',
    type: 'gauge',
    help: 'Whether the actor runs.',
    samples: ({ state }) => one(state === 'running' ? 1 : 0),
  },
  {
    name: 'kubactor_actor_restarts_total',
    type: 'counter',
    help: 'Restarts of the actor: after its crash, a kill on purpose or an orderly end, or taken along by a sibling.',
    samples: ({ restartsByCause }) =>
      Object.entries(restartsByCause).map(([cause, value]) => ({ value, labels: { cause } })),
  },
  {
    name: 'kubactor_actor_mailbox_messages',
    type: 'gauge',
    help: 'Messages that were sent to the actor and are not handled yet.',
    samples: ({ mailboxMessages }) => one(mailboxMessages),
  },
  {
    name: 'kubactor_actor_messages_total',
    type: 'counter',
    help: 'Messages that came to the actor, and that it sent.',
    samples: ({ counts }) => inAndOut(counts?.messagesIn, counts?.messagesOut),
  },
  {
    name: 'kubactor_actor_bytes_total',
    type: 'counter',
    help: 'Bytes of the frames that came to the actor, and that it sent.',
    samples: ({ counts }) => inAndOut(counts?.bytesIn, counts?.bytesOut),
  },
  {
    name: 'kubactor_actor_messages_handled_total',
    type: 'counter',
    help: 'Tells, asks and stream opens that the actor has handled.',
    samples: ({ counts }) => one(counts?.messagesHandled),
  },
  {
    name: 'kubactor_actor_handling_seconds',
    type: 'histogram',
    help: 'How long the actor took to handle a message.',
    samples: ({ counts }) => handlingSamples(counts),
  },
  {
    name: 'kubactor_actor_dead_letters_total',
    type: 'counter',
    help: 'Messages that were not handled, where their sender gets no other answer.',
    samples: ({ counts }) =>
      Object.entries(counts?.deadLetters ?? {}).map(([reason, value]) => ({
        value,
        labels: { reason },
      })),
  },
  {
    name: 'kubactor_actor_asks_pending',
    type: 'gauge',
    help: 'Asks of the actor that wait for an answer.',
    samples: ({ counts }) => one(counts?.asksPending),
  },
  {
    name: 'kubactor_actor_calls_pending',
    type: 'gauge',
    help: 'Asks of others that the actor has not answered.',
    samples: ({ counts }) => one(counts?.callsPending),
  },
  {
    name: 'kubactor_actor_streams',
    type: 'gauge',
    help: 'Streams that are open with the actor.',
    samples: ({ counts }) => [
      { value: counts?.streamsConsumed, labels: { side: 'consumer' } },
      { value: counts?.streamsProduced, labels: { side: 'producer' } },
    ],
  },
  {
    name: 'kubactor_actor_event_loop_delay_seconds',
    type: 'gauge',
    help: 'How late timers of the actor were over the last minute or two; quantile 1 is the worst.',
    samples: ({ thread }) => [
      { value: seconds(thread?.loopDelayP50Ms), labels: { quantile: '0.5' } },
      { value: seconds(thread?.loopDelayP99Ms), labels: { quantile: '0.99' } },
      { value: seconds(thread?.loopDelayMaxMs), labels: { quantile: '1' } },
    ],
  },
  {
    name: 'kubactor_actor_event_loop_active_seconds_total',
    type: 'counter',
    help: 'Time that the event loop of the actor spent working.',
    samples: ({ thread }) => one(seconds(thread?.loopActiveMs)),
  },
  {
    name: 'kubactor_actor_heap_bytes',
    type: 'gauge',
    help: 'Used heap of the actor.',
    samples: ({ heapUsedBytes }) => one(heapUsedBytes),
  },
  {
    name: 'kubactor_actor_heap_limit_bytes',
    type: 'gauge',
    help: 'The heap with which the actor ends.',
    samples: ({ thread }) => one(thread?.heapLimitBytes),
  },
  {
    name: 'kubactor_actor_buffer_bytes',
    type: 'gauge',
    help: 'Buffers of the actor, which are not in its heap.',
    samples: ({ bufferBytes }) => one(bufferBytes),
  },
  {
    name: 'kubactor_actor_gc_runs_total',
    type: 'counter',
    help: 'Garbage collections of the actor.',
    samples: ({ thread }) => one(thread?.gcCount),
  },
  {
    name: 'kubactor_actor_gc_seconds_total',
    type: 'counter',
    help: 'Time that garbage collections of the actor took.',
    samples: ({ thread }) => one(seconds(thread?.gcMs)),
  },
];

/** The figures of all actors and of their process. Undefined: there are none, and that is all that is said. */
export function actorMetrics(figures: SystemFigures | undefined): Registry {
  const success = plain(
    'kubactor_scrape_success',
    'gauge',
    'Whether the figures of the actors and of the process came in time.',
    figures === undefined ? 0 : 1,
  );
  const families =
    figures === undefined
      ? []
      : [
          ...FAMILIES.map((family) => familyOf(family, figures.actors)),
          ...processMetrics(figures.process),
        ];
  return AggregatorRegistry.aggregate([[success, ...families]]);
}

function familyOf(family: ActorFamily, actors: readonly ActorFigures[]): MetricJson {
  const { name, type, help, samples } = family;
  const values = actors.flatMap((actor) =>
    samples(actor).flatMap(({ value, labels = {}, suffix }) =>
      value === undefined
        ? []
        : [
            {
              value,
              labels: { actor: actor.id, component: actor.component, ...labels },
              ...(suffix === undefined ? {} : { metricName: `${name}${suffix}` }),
            },
          ],
    ),
  );
  return { name, type, help, aggregator: 'sum', values };
}

function processMetrics(process: SystemFigures['process']): MetricJson[] {
  const { residentBytes, cpuMs, startedWallMs } = process;
  return [
    plain('process_resident_memory_bytes', 'gauge', 'Resident memory.', residentBytes),
    plain('process_cpu_seconds_total', 'counter', 'User and system time.', cpuMs / 1000),
    plain(
      'process_start_time_seconds',
      'gauge',
      'When the process started, since 1970.',
      startedWallMs / 1000,
    ),
  ];
}

function plain(name: string, type: string, help: string, value: number): MetricJson {
  return { name, type, help, aggregator: 'sum', values: [{ value, labels: {} }] };
}
