import { assert } from './assert.js';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** The logical address of an actor, the same over all its restarts: `store-0`, `api-server`, `kubelet-node-1`. */
export type ActorId = Branded<string, 'ActorId'>;
/** Counts the lives of an actor, from 1. */
export type Incarnation = Branded<number, 'Incarnation'>;
/** A Raft term. */
export type Term = Branded<number, 'Term'>;
/** The index of an entry in the Raft log; 0 is before the first. */
export type LogIndex = Branded<number, 'LogIndex'>;
/** The id of a Raft peer, from 1; 0 is none. */
export type NodeId = Branded<number, 'NodeId'>;
/** The main revision of the store: one for each transaction that changed something. */
export type Revision = Branded<number, 'Revision'>;
/** The uid of a Kubernetes object. */
export type Uid = Branded<string, 'Uid'>;

export function actorId(text: string): ActorId {
  assert(isActorId(text), `not an actor id: ${JSON.stringify(text)}`);
  return text;
}
export function isActorId(text: string): text is ActorId {
  return /^[a-z0-9][a-z0-9.-]*$/.test(text);
}
export function incarnation(value: number): Incarnation {
  return safeInteger(value, 'incarnation') as Incarnation;
}
export function term(value: number): Term {
  return safeInteger(value, 'term') as Term;
}
export function logIndex(value: number): LogIndex {
  return safeInteger(value, 'log index') as LogIndex;
}
export function nodeId(value: number): NodeId {
  return safeInteger(value, 'node id') as NodeId;
}
export function revision(value: number): Revision {
  return safeInteger(value, 'revision') as Revision;
}

function safeInteger(value: number, what: string): number {
  assert(Number.isSafeInteger(value) && value >= 0, `not a ${what}: ${String(value)}`);
  return value;
}
