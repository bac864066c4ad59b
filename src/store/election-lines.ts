import { ElectionCause } from '../protocol/index.js';
import type { ElectionRecord } from '../protocol/index.js';

const CAUSES: ReadonlySet<string> = new Set(Object.values(ElectionCause));

/**
 * A replica's history: one JSON object a line, a later line of the same id in place of an earlier one, which is not read then.
 * Oldest first.
 */
export function parseElections(text: string): Map<string, ElectionRecord> {
  const newestFirst = new Map<string, ElectionRecord>();
  for (const line of text.split('\n').reverse()) {
    const later = newestFirst.get(idOf(line) ?? '') ?? parseLine(line);
    if (later === undefined) continue;
    const { id } = later;
    const record = newestFirst.get(id) ?? later;
    // Its place is that of its first line.
    newestFirst.delete(id);
    newestFirst.set(id, record);
  }
  return new Map([...newestFirst].reverse());
}

/** Without reading all of it. No text in a record can hold these quotes, and what comes before has no field of that name. */
function idOf(line: string): string | undefined {
  return /"id":"([^"]+)"/.exec(line)?.[1];
}

function parseLine(line: string): ElectionRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Partial<ElectionRecord>;
    const whole = typeof value.term === 'number' && Array.isArray(value.votes);
    return whole ? upgraded(value as ElectionRecord) : undefined;
  } catch {
    // The last line may be torn.
    return undefined;
  }
}

/** Version 0.1 wrote neither ids nor outcomes, and had a cause that said no more than that there was a timeout. */
function upgraded(record: ElectionRecord): ElectionRecord {
  const { term, leader, candidate, electedAt, phases } = record;
  const old = {
    id: `${String(term)}.${candidate}.${electedAt}`,
    outcome: leader === null ? 'not-elected' : 'elected',
    splitVote: false,
    attempts: 1,
    previousLeader: null,
    preVotes: [],
    logs: [],
    complete: true,
  } as const;
  return {
    ...old,
    ...record,
    phases: { ...phases, firstWriteMs: phases.firstWriteMs ?? null },
    cause: CAUSES.has(record.cause) ? record.cause : ElectionCause.unknown,
  };
}
