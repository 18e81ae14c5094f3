// The last words of an agent whose messages come in pieces. What it does afterwards, such as a call of a tool that never
// answers, takes none of them away.

/** Keeps enough for any summary. */
const charsMax = 10_000;

export class LastWords {
  said = '';
  #isOver = false;

  add(piece: unknown): void {
    if (typeof piece !== 'string') return;
    this.said = ((this.#isOver ? '' : this.said) + piece).slice(-charsMax);
    this.#isOver = false;
  }

  /** The message is over: the next piece begins another one. */
  end(): void {
    this.#isOver = true;
  }
}
