import type { Observation } from './chaos-protocol.js';

/** What the run left behind, once all is at rest. */
export interface ChaosEvidence {
  readonly observations: readonly Observation[];
  /** The lives that were up at the end, and answered. Empty where the tree has escalated. */
  readonly survivors: readonly string[];
}

/**
 * The promises of docs/actor.md that were broken, by what the actors observed. Each life's observations are in their order; those of
 * different lives are not comparable, and need not be.
 */
export function checkChaos({ observations, survivors }: ChaosEvidence): string[] {
  const broken: string[] = [];
  const flushed = new Map<string, Readonly<Record<string, number>>>();
  const asks = new Requests('ask');
  const streams = new Requests('stream');
  const handled = new Set<string>();
  for (const each of observations) {
    switch (each.type) {
      case 'broken':
        broken.push(`${each.life}: ${each.what}`);
        break;
      case 'flushed':
        flushed.set(each.life, { ...flushed.get(each.life), ...each.notes });
        break;
      case 'handled':
        if (handled.has(each.nonce)) broken.push(`${each.nonce} was handled twice`);
        handled.add(each.nonce);
        break;
      case 'asked':
        asks.begun(each.life, each.nonce);
        break;
      case 'opened':
        streams.begun(each.life, each.nonce);
        break;
      case 'answered':
        asks.ended(each.nonce, broken);
        break;
      case 'closed':
        streams.ended(each.nonce, broken);
        break;
      case 'down':
        break;
    }
  }
  for (const each of observations) {
    if (each.type === 'down') {
      const left = flushed.get(each.peer)?.[each.life] ?? 0;
      if (each.notes < left)
        broken.push(
          `${each.life} heard ${String(each.notes)} of ${String(left)} notes before the DOWN of ${each.peer}`,
        );
    } else if (each.type === 'answered') {
      if (each.code === 'ok' && !handled.has(each.nonce))
        broken.push(`${each.nonce} was answered by nobody`);
      if (!each.handedOver && handled.has(each.nonce))
        broken.push(`${each.nonce} ended as never handed over, and was handled`);
    }
  }
  for (const life of survivors) {
    asks.mustHaveEnded(life, broken);
    streams.mustHaveEnded(life, broken);
  }
  return broken;
}

/** Each ends exactly once, or dies with the life that made it. */
class Requests {
  readonly #what: string;
  readonly #open = new Map<string, Set<string>>();
  readonly #ended = new Set<string>();

  constructor(what: string) {
    this.#what = what;
  }

  begun(life: string, nonce: string): void {
    const open = this.#open.get(life) ?? new Set();
    open.add(nonce);
    this.#open.set(life, open);
  }

  ended(nonce: string, broken: string[]): void {
    const life = nonce.slice(0, nonce.lastIndexOf(':'));
    if (this.#ended.has(nonce)) broken.push(`the ${this.#what} ${nonce} ended twice`);
    this.#ended.add(nonce);
    this.#open.get(life)?.delete(nonce);
  }

  mustHaveEnded(life: string, broken: string[]): void {
    for (const nonce of this.#open.get(life) ?? [])
      broken.push(`the ${this.#what} ${nonce} never ended`);
  }
}
