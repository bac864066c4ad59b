import type { Clock, NodeId, Timer } from '../base/index.js';

const ATTEMPTS_MAX = 6;
const RETRY_MS = 10;
/** How long a restarted replica waits for a leader to show itself before it campaigns: a live one writes as soon as it is up. */
const START_WAIT_MS = 100;
/**
 * Committed entries that a replica may still have to apply and be a good successor. A leader serves nothing before it has
 * applied what was committed before it, and a replica that was just restarted replays thousands.
 */
const APPLY_LAG_MAX = 500;

export interface SuccessionPorts {
  readonly clock: Clock;
  readonly tickMs: number;
  readonly own: NodeId;
  /** Now, in order of succession, the same on every replica. */
  readonly voters: readonly NodeId[];
  /** The first start of this replica: there is no leader to wait for. */
  readonly fresh: boolean;
  isUp(id: NodeId): boolean;
  leaderKnown(): boolean;
  /** False while the replica must not campaign, or asks for real votes already. */
  mayCampaign(): boolean;
  /** Committed entries that are not applied yet. */
  applyLag(): number;
  campaign(): void;
  /** Asks for votes at once: the leader is dead, and nobody else's turn is before this one's. */
  campaignAfterDeath(): void;
  /** Asks another replica to go first. */
  invite(id: NodeId): void;
}

/**
 * Who campaigns when there is no leader, and when. After a death or a hang that was noticed the live replica with the lowest id does at
 * once, the next one after a tick, and so on, so that nobody waits for an election timeout and votes are not split. A replica
 * that is far behind in applying goes last, and invites the others.
 *
 * Who is first in order after a death asks for votes without a pre-vote. All others ask for pre-votes: several may be invited at
 * once, a hang may be over, and others may notice it a moment later and refuse until then, so that it asks again a few times.
 */
export class Succession {
  readonly #ports: SuccessionPorts;
  #timer: Timer | undefined;
  /** It has waited for a leader long enough. */
  #waited = false;
  #invited = false;
  /** It has refused a candidate before there was anything to elect. */
  #refused = false;
  #ended = false;

  constructor(ports: SuccessionPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.peerUp();
    this.#ports.clock.after(START_WAIT_MS, () => {
      this.#waited = true;
      this.#begin();
    });
  }

  /** A new cluster elects its first leader as soon as all are there; a restarted replica first looks for one. */
  peerUp(): void {
    const { fresh, voters } = this.#ports;
    if ((fresh || this.#waited) && this.#live().length === voters.length) this.#begin();
  }

  /** The leader died, or hangs; or maybe it was another one. */
  leaderLost(how: 'died' | 'maybe'): void {
    if (this.#ports.leaderKnown() || this.#ended) return;
    const lags = this.#lags();
    if (lags && !this.#invited)
      for (const id of this.#live()) if (id !== this.#ports.own) this.#ports.invite(id);
    this.#begin(how === 'died' && !lags && !this.#invited && !this.#refused);
  }

  /** Another replica would rather not lead. It may have noticed the leader's death earlier than this one. */
  invited(): void {
    this.#invited = true;
    this.#begin();
  }

  /**
   * A candidate lacks entries that this replica has, and cannot win: this one's turn has come. Or it comes with the news of the
   * leader's death, which the candidate had earlier.
   */
  candidateBehind(): void {
    if (this.#timer !== undefined) this.#later(0, ATTEMPTS_MAX);
    else this.#refused = true;
  }

  leaderSeen(): void {
    this.#invited = false;
    this.#refused = false;
    this.#cancel();
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  #begin(afterDeath = false): void {
    const { own, voters } = this.#ports;
    if (this.#ended || this.#ports.leaderKnown() || !voters.includes(own)) return;
    this.#cancel();
    const place = this.#place();
    if (place === 0) this.#attempt(ATTEMPTS_MAX, afterDeath);
    else this.#later(place * this.#ports.tickMs, ATTEMPTS_MAX);
  }

  #place(): number {
    const live = this.#live();
    if (this.#lags() !== this.#invited) return this.#invited ? 0 : live.length;
    return this.#refused ? 0 : live.indexOf(this.#ports.own);
  }

  #lags(): boolean {
    return this.#ports.applyLag() > APPLY_LAG_MAX;
  }

  #live(): readonly NodeId[] {
    const { own, voters } = this.#ports;
    return voters.filter((id) => id === own || this.#ports.isUp(id));
  }

  #attempt(left: number, afterDeath = false): void {
    if (this.#ended || this.#ports.leaderKnown() || !this.#ports.mayCampaign()) return;
    if (afterDeath) this.#ports.campaignAfterDeath();
    else this.#ports.campaign();
    if (left > 1) this.#later(RETRY_MS, left - 1);
  }

  #later(delayMs: number, left: number): void {
    this.#cancel();
    this.#timer = this.#ports.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#attempt(left);
    });
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
