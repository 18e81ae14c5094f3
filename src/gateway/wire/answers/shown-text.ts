// Counts the characters that an answer shows: a model has made tokens for all of them, whatever its host counts.

export class ShownText {
  #inPieces = 0;
  #whole = 0;

  /** A piece of a stream. */
  add(...pieces: readonly unknown[]): void {
    for (const piece of pieces) this.#inPieces += charsOf(piece);
  }

  /** All of it again, as the end of a stream or an answer in one piece repeats it. */
  take(...texts: readonly unknown[]): void {
    this.#whole = Math.max(
      this.#whole,
      texts.reduce<number>((sum, text) => sum + charsOf(text), 0),
    );
  }

  get chars(): number {
    return Math.max(this.#inPieces, this.#whole);
  }
}

function charsOf(text: unknown): number {
  return typeof text === 'string' ? text.length : 0;
}
