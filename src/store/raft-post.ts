import type { Clock, NodeId, Timer } from '../base/index.js';
import type { Message } from '../raft/index.js';

export interface RaftPostPorts {
  readonly clock: Clock;
  /** False: there is no way to that replica now. */
  tell(to: NodeId, messages: readonly Message[]): boolean;
  /** A snapshot goes in chunks, beside the messages. */
  sendSnapshot(message: Message): void;
  unreachable(to: NodeId): void;
}

/** A follower learns of a commit so much later at most, and its watchers with it. */
const HELD_MS = 1;

/**
 * Takes Raft's messages to the other replicas: those of a turn together. What only tells a follower the commit index waits a
 * moment for the next entries, which say the same: each message wakes a thread, and under load this halves their number.
 * Raft may lose any message, so one that a later one makes needless is dropped (docs/decisions/0010).
 */
export class RaftPost {
  readonly #ports: RaftPostPorts;
  readonly #held = new Map<NodeId, Message>();
  #timer: Timer | undefined;

  constructor(ports: RaftPostPorts) {
    this.#ports = ports;
  }

  send(messages: readonly Message[]): void {
    const leaving: Message[] = [];
    for (const message of messages) {
      const { to, type, entries } = message;
      if (type === 'MsgApp') this.#held.delete(to);
      if (type === 'MsgApp' && entries.length === 0) this.#held.set(to, message);
      else if (type === 'MsgSnap') this.#ports.sendSnapshot(message);
      else leaving.push(message);
    }
    this.#deliver(leaving);
    if (this.#held.size === 0) this.end();
    else
      this.#timer ??= this.#ports.clock.after(HELD_MS, () => {
        const due = [...this.#held.values()];
        this.end();
        this.#deliver(due);
      });
  }

  /** What is held is not worth sending any more. */
  end(): void {
    this.#held.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #deliver(messages: readonly Message[]): void {
    const byReceiver = new Map<NodeId, Message[]>();
    for (const message of messages) {
      const batch = byReceiver.get(message.to);
      if (batch === undefined) byReceiver.set(message.to, [message]);
      else batch.push(message);
    }
    for (const [to, batch] of byReceiver)
      if (!this.#ports.tell(to, batch)) this.#ports.unreachable(to);
  }
}
