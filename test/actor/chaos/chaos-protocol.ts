import type { AskFailure, StreamEnd } from '../../../src/actor/index.js';

/** What the actors of the chaos test say to each other. `to` is the incarnation that the sender means. */
export interface ChaosProtocol {
  tells: { note: Note };
  asks: { echo: { request: Question; reply: Answer } };
  streams: { items: { request: Order; item: number } };
}

/** Numbered from 1 for each pair of lives, without a gap. */
export interface Note {
  readonly to: number;
  readonly n: number;
}

export interface Question {
  /** 0: whichever life comes up. */
  readonly to: number;
  /** Unique in the run. */
  readonly nonce: string;
  /** How many notes its sender had sent to this life before. */
  readonly notesBefore: number;
  readonly answer: 'now' | 'later' | 'never';
}

export interface Answer {
  readonly nonce: string;
  /** The incarnation of the answerer, and of the asker as that one knows it. */
  readonly by: number;
  readonly to: number;
  readonly notesBefore: number;
}

export interface Order {
  readonly to: number;
  readonly nonce: string;
  readonly notesBefore: number;
  readonly items: number;
}

export interface ChaosConfig {
  readonly seed: number;
  readonly neighbours: readonly string[];
  /** How often it does something, on average. */
  readonly tickMs: number;
  /** On threads: the folder for what it observes. */
  readonly folder: string;
}

/** What an actor observed, written down before it goes on, so that it outlives the actor. `life` is `actor#incarnation`. */
export type Observation = {
  readonly life: string;
} /** The newest note that has left for each life that is up. */ & (
  | { readonly type: 'flushed'; readonly notes: Readonly<Record<string, number>> }
  /** It heard that `peer` died, having received so many of its notes. */
  | { readonly type: 'down'; readonly peer: string; readonly notes: number }
  | { readonly type: 'asked'; readonly nonce: string }
  | { readonly type: 'handled'; readonly nonce: string }
  | {
      readonly type: 'answered';
      readonly nonce: string;
      readonly code: 'ok' | AskFailure['code'];
      readonly handedOver: boolean;
    }
  | { readonly type: 'opened'; readonly nonce: string }
  | { readonly type: 'closed'; readonly nonce: string; readonly code: StreamEnd['code'] }
  /** It saw by itself what must not be. */
  | { readonly type: 'broken'; readonly what: string }
);

/** An observation, as its observer makes it. */
export type Observed = Observation extends infer Each
  ? Each extends Observation
    ? Omit<Each, 'life'>
    : never
  : never;
