/**
 * Which operations have a place. Nearly all that began early have one, so the set is described from its first gap on:
 * the description stays short however long the history is.
 */
export class PlacedSet {
  readonly #placed: Uint8Array;
  #firstGap = 0;
  /** By number of members: the highest one. */
  readonly #highest: number[] = [-1];

  constructor(size: number) {
    this.#placed = new Uint8Array(size);
  }

  get count(): number {
    return this.#highest.length - 1;
  }

  has(number: number): boolean {
    return this.#placed[number] === 1;
  }

  add(number: number): void {
    this.#placed[number] = 1;
    this.#highest.push(Math.max(number, this.#highest.at(-1) ?? -1));
    while (this.#placed[this.#firstGap] === 1) this.#firstGap++;
  }

  /** Removes the member that was added last. */
  remove(number: number): void {
    this.#placed[number] = 0;
    this.#highest.pop();
    this.#firstGap = Math.min(this.#firstGap, number);
  }

  /** Equal just for equal sets. */
  describe(): string {
    let text = `${String(this.#firstGap)}:`;
    const highest = this.#highest.at(-1) ?? -1;
    for (let from = this.#firstGap; from <= highest; from += 16) {
      let bits = 0;
      for (let bit = 0; bit < 16; bit++) bits |= (this.#placed[from + bit] ?? 0) << bit;
      text += String.fromCharCode(bits);
    }
    return text;
  }
}
