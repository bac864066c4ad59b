import { ElectionCause } from '../protocol/index.js';
import type { ElectionRecord } from '../protocol/index.js';

const CAUSES: ReadonlySet<string> = new Set(Object.values(ElectionCause));

/** A replica's history: one JSON object a line, a later line of the same id in place of an earlier one. Oldest first. */
export function parseElections(text: string): Map<string, ElectionRecord> {
  const records = new Map<string, ElectionRecord>();
  for (const line of text.split('\n')) {
    const record = parseLine(line);
    if (record !== undefined) records.set(record.id, record);
  }
  return records;
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
