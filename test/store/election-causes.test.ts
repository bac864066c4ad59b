import t from 'tap';
import { assertDefined, randomBelow, seededRandom } from '../../src/base/index.js';
import type { ActorId, Random } from '../../src/base/index.js';
import type { ElectionCause, ElectionRecord } from '../../src/protocol/index.js';
import { parseElections } from '../../src/store/election-lines.js';
import { makeCluster, outcomeOf } from './cluster.js';
import type { Answer, Cluster } from './cluster.js';
import { ELECTION_FAULTS } from './election-faults.js';
import type { ElectionFault } from './election-faults.js';

const ELECTIONS = 1000;
/** A cluster lives through so many faults. */
const FAULTS_PER_CLUSTER = 12;
const SEED = Number(process.env['SEED'] ?? 1);
/** A client writes so often. */
const WRITE_MS = 200;
/** An acknowledgement may be on its way for so long. */
const LINK_MS = 1;

interface Labelled {
  readonly fault: ElectionFault;
  readonly cause: ElectionCause;
  readonly record: ElectionRecord;
}

interface Acknowledged {
  readonly sentMs: number;
  readonly atMs: number;
}

class Writer {
  readonly #cluster: Cluster;
  readonly #answers: { readonly sentMs: number; readonly answer: Answer }[] = [];
  #writing = true;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#next();
  }

  get acknowledged(): Acknowledged[] {
    return this.#answers
      .filter(({ answer }) => outcomeOf(answer) === 'ok')
      .map(({ sentMs, answer }) => ({ sentMs, atMs: answer.endedMs }));
  }

  end(): void {
    this.#writing = false;
  }

  #write(leader: ActorId): void {
    const answer = this.#cluster.put(leader, 'written', 'again');
    this.#answers.push({ sentMs: this.#cluster.world.nowMs, answer });
  }

  #next(): void {
    this.#cluster.world.plan(WRITE_MS, () => {
      if (!this.#writing) return;
      const leader = this.#cluster.leader();
      if (leader !== undefined) this.#write(leader);
      this.#next();
    });
  }
}

function recordsAt(cluster: Cluster, id: ActorId): Map<string, ElectionRecord> {
  const file = cluster.disk(id).open(`${id}/elections`, 'read');
  const bytes = new Uint8Array(file.size());
  file.pread(bytes, 0);
  return parseElections(new TextDecoder().decode(bytes));
}

async function led(cluster: Cluster): Promise<ActorId> {
  for (let tries = 0; tries < 100; tries++) {
    await cluster.pass(200);
    const leader = cluster.leader();
    const settled = cluster.replicas.every((id) => cluster.status(id)?.leader === leader);
    if (leader !== undefined && settled) return leader;
  }
  throw new Error('no leader in 20 s');
}

/** The stories are told within a tick or two, and by who was cut off a second after that. */
async function newRecords(
  cluster: Cluster,
  leader: ActorId,
  known: ReadonlySet<string>,
): Promise<ElectionRecord[]> {
  for (let tries = 0; ; tries++) {
    await cluster.pass(300);
    const records = cluster.elections(leader).filter(({ id }) => !known.has(id));
    records.sort((a, b) => a.term - b.term);
    if (tries === 10 || (tries > 0 && records.every(({ complete }) => complete))) return records;
  }
}

function draw(random: Random): ElectionFault {
  let at = randomBelow(
    random,
    ELECTION_FAULTS.reduce((sum, { weight }) => sum + weight, 0),
  );
  const drawn = ELECTION_FAULTS.find(({ weight }) => (at -= weight) < 0);
  return assertDefined(drawn, 'a drawn fault');
}

/** Lives through some faults; every election that follows one has its label. */
async function liveThrough(
  seed: number,
  faults: (random: Random) => ElectionFault[],
): Promise<Labelled[]> {
  const random = seededRandom(seed);
  const cluster = makeCluster({}, seed);
  await led(cluster);
  const writer = new Writer(cluster);
  const labelled: Labelled[] = [];
  const known = new Set(cluster.elections(await led(cluster)).map(({ id }) => id));
  for (const fault of faults(random)) {
    const leader = await led(cluster);
    const followers = cluster.replicas.filter((id) => id !== leader);
    const label = await fault.run({ cluster, random, leader, followers });
    const next = await led(cluster);
    const elected: ElectionRecord[] = [];
    for (const record of await newRecords(cluster, next, known)) {
      known.add(record.id);
      // The fault is over with its election; what unseats that leader is a rival that has asked for votes at the same time.
      const deposes =
        fault.strikesAgain !== true &&
        elected.some(({ leader, term }) => leader === record.previousLeader && term < record.term);
      const cause = deposes ? 'term-raised' : (label?.(record) ?? fault.cause);
      labelled.push({ fault, record, cause });
      if (record.leader !== null) elected.push(record);
    }
  }
  writer.end();
  checkGaps(recordsAt(cluster, await led(cluster)), writer.acknowledged);
  return labelled;
}

/** In a write gap nobody has a write acknowledged but what was sent before. */
function checkGaps(
  records: ReadonlyMap<string, ElectionRecord>,
  writes: readonly Acknowledged[],
): void {
  for (const record of records.values()) {
    const committedMs = record.evidence?.campaign.committedMs ?? null;
    if (record.unavailableMs === null || committedMs === null) continue;
    const fromMs = committedMs - record.unavailableMs + LINK_MS;
    const within = writes.find(({ sentMs, atMs }) => sentMs > fromMs && atMs < committedMs);
    if (within !== undefined)
      throw new Error(
        `a write from ${String(within.sentMs)} to ${String(within.atMs)} in the gap of ${JSON.stringify(record)}`,
      );
  }
}

t.test(
  `of ${String(ELECTIONS)} elections with known causes 99 % are attributed rightly, none wrongly`,
  { timeout: 300_000 },
  async (t) => {
    const labelled: Labelled[] = [];
    const spentBefore = process.cpuUsage();
    for (let seed = SEED; labelled.length < ELECTIONS; seed++) {
      const draws = (random: Random): ElectionFault[] =>
        Array.from({ length: FAULTS_PER_CLUSTER }, () => draw(random));
      labelled.push(...(await liveThrough(seed, draws)));
    }
    const right = labelled.filter(({ record, cause }) => record.cause === cause);
    const unknown = labelled.filter(({ record }) => record.cause === 'unknown');
    const wrong = labelled.filter(
      ({ record, cause }) => record.cause !== cause && record.cause !== 'unknown',
    );
    const tell = ({ record, fault }: Labelled): string =>
      `${fault.name}: ${record.cause}: ${record.causeDetail}`;
    t.same(wrong.map(tell), []);
    t.ok(unknown.length <= labelled.length / 100, unknown.map(tell).join('\n'));
    for (const { name, cause } of ELECTION_FAULTS)
      t.ok(
        right.some(({ fault, record }) => fault.name === name && record.cause === cause),
        name,
      );
    const { user, system } = process.cpuUsage(spentBefore);
    t.comment(
      `${String(labelled.length)} elections, ${String(right.length)} right, ${String(unknown.length)} unknown, ${((user + system) / 1e6).toFixed(1)} s of CPU`,
    );
  },
);
