import type { Message } from './message.js';
import { jointCommittedIndex } from './quorum.js';
import type { JointConfig } from './quorum.js';

interface WaitingRead {
  readonly request: Message;
  /** The commit index when the request came: what it may be answered with (thesis §6.4). */
  readonly index: number;
}

/**
 * Reads that wait until a majority has confirmed, by answering a later heartbeat, that this leader
 * still leads. Reads are numbered as they come; a heartbeat carries the newest number, and its
 * answer confirms all reads up to it. So one round confirms any number of reads.
 */
export interface ReadQueue {
  waiting: WaitingRead[];
  /** Reads that were confirmed and left the queue. */
  confirmed: number;
  /** The highest number that each node has confirmed. */
  readonly acks: Map<number, number>;
}

export type { WaitingRead };

export function newReadQueue(): ReadQueue {
  return { waiting: [], confirmed: 0, acks: new Map<number, number>() };
}

/** The number that the next heartbeat carries; 0 where nothing waits. */
export function readPosition(queue: ReadQueue): number {
  return queue.waiting.length === 0 ? 0 : queue.confirmed + queue.waiting.length;
}

export function addRead(queue: ReadQueue, request: Message, index: number): void {
  queue.waiting.push({ request, index });
}

export function ackReads(queue: ReadQueue, from: number, position: number): void {
  queue.acks.set(from, Math.max(queue.acks.get(from) ?? 0, position));
}

/** Takes out the reads that a quorum has confirmed by now. */
export function takeConfirmedReads(queue: ReadQueue, voters: JointConfig): readonly WaitingRead[] {
  const position = jointCommittedIndex(voters, (id) => queue.acks.get(id));
  const count = Math.min(position - queue.confirmed, queue.waiting.length);
  if (count <= 0) return [];
  const confirmed = queue.waiting.slice(0, count);
  queue.waiting = queue.waiting.slice(count);
  queue.confirmed += count;
  return confirmed;
}
