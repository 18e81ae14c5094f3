// Notices a second answer in one stream, as of a proxy that has tried again: both are billed, and each reports its own usage.

export class OneAnswer {
  #id: string | null | undefined;
  #isMore = false;

  /** @param id of an answer that reports its usage; null if it has none */
  take(id: string | null): void {
    if (this.#id === undefined) this.#id = id;
    else this.#isMore ||= id === null || id !== this.#id;
  }

  /** As in `FoldEnd`. */
  get surprise(): string | null {
    return this.#isMore ? 'two answers in one' : null;
  }
}
