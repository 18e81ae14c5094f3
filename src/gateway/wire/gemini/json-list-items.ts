// The items of a JSON list that arrives in pieces: Gemini's stream format if the client does not ask for events.

export const listLimits = { itemBytesMax: 16 * 1_024 * 1_024 } as const;

const [quote, backslash] = [0x22, 0x5c];
const opening = new Set([0x7b, 0x5b]);
const closing = new Set([0x7d, 0x5d]);

/** An item above the limit is skipped. */
export class JsonListItems {
  readonly #bytesMax: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(bytesMax: number = listLimits.itemBytesMax) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): string[] {
    const items: string[] = [];
    let from = this.#depth > 1 ? 0 : -1;
    for (let at = 0; at < chunk.length; at += 1) {
      const depthBefore = this.#depth;
      this.#step(chunk[at]);
      if (depthBefore === 1 && this.#depth === 2) from = at;
      if (depthBefore === 2 && this.#depth === 1) {
        this.#hold(chunk.subarray(from, at + 1));
        items.push(...this.#take());
        from = -1;
      }
    }
    if (from >= 0) this.#hold(chunk.subarray(from));
    return items;
  }

  #step(byte: number | undefined): void {
    if (byte === undefined) return;
    if (this.#isInString) {
      const isEscaped = this.#isEscaped;
      this.#isEscaped = !isEscaped && byte === backslash;
      if (byte === quote && !isEscaped) this.#isInString = false;
    } else if (byte === quote) this.#isInString = true;
    else if (opening.has(byte)) this.#depth += 1;
    else if (closing.has(byte)) this.#depth -= 1;
  }

  #hold(bytes: Buffer): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= this.#bytesMax) this.#held.push(bytes);
    else this.#held = [];
  }

  #take(): string[] {
    const isWhole = this.#heldBytes <= this.#bytesMax;
    const item = Buffer.concat(this.#held).toString('utf8');
    this.#held = [];
    this.#heldBytes = 0;
    return isWhole ? [item] : [];
  }
}
