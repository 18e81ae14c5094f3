// Parses server-sent events byte by byte: wherever the chunks are cut, without throwing, and within limits.

export const sseLimits = {
  /** The last event of a Responses stream contains the whole answer, and the request's tools again. */
  eventBytesMax: 16 * 1_024 * 1_024,
} as const;

export interface SseFrame {
  /** All of the event's bytes, including the blank line that ends it. */
  raw: Buffer;
  /** False if the event was too long to hold, or was left over at the end. */
  isWhole: boolean;
}

export interface SseEvent {
  name: string | null;
  data: string;
}

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** The frames do not depend on how the bytes are chunked, and together they contain every byte. */
export class SseFrames {
  readonly #bytesMax: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isLineEmpty = true;
  /** The last byte was a carriage return: a following line feed belongs to the same line end. */
  #isAfterReturn = false;
  #endsWithNext = false;
  #isTooLong = false;

  constructor(bytesMax: number = sseLimits.eventBytesMax) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): SseFrame[] {
    const frames: SseFrame[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#endsWithNext && byte !== lineFeed) {
        this.#finish(chunk.subarray(from, at), frames);
        from = at;
      }
      if (this.#isEndOfFrame(byte)) {
        this.#finish(chunk.subarray(from, at + 1), frames);
        from = at + 1;
      }
    }
    this.#hold(chunk.subarray(from), frames);
    return frames;
  }

  end(): SseFrame[] {
    const isWhole = this.#endsWithNext && !this.#isTooLong;
    const raw = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return raw.length === 0 ? [] : [{ raw, isWhole }];
  }

  #isEndOfFrame(byte: number | undefined): boolean {
    if (byte === lineFeed) {
      if (this.#isAfterReturn) {
        this.#isAfterReturn = false;
        return this.#endsWithNext;
      }
      const isEnd = this.#isLineEmpty;
      this.#isLineEmpty = true;
      return isEnd;
    }
    this.#isAfterReturn = byte === carriageReturn;
    if (byte === carriageReturn) {
      this.#endsWithNext = this.#isLineEmpty;
      this.#isLineEmpty = true;
    } else {
      this.#isLineEmpty = false;
    }
    return false;
  }

  #finish(last: Buffer, frames: SseFrame[]): void {
    const raw = this.#held.length === 0 ? last : Buffer.concat([...this.#held, last]);
    frames.push({ raw, isWhole: !this.#isTooLong && raw.length <= this.#bytesMax });
    this.#held = [];
    this.#heldBytes = 0;
    this.#isTooLong = false;
    this.#endsWithNext = false;
    this.#isLineEmpty = true;
  }

  #hold(rest: Buffer, frames: SseFrame[]): void {
    if (rest.length === 0) return;
    this.#held.push(rest);
    this.#heldBytes += rest.length;
    if (this.#heldBytes <= this.#bytesMax) return;
    frames.push({ raw: Buffer.concat(this.#held), isWhole: false });
    this.#held = [];
    this.#heldBytes = 0;
    this.#isTooLong = true;
  }
}

/** Null for frames that contain only comments, and for events without data. */
export function eventOf({ raw, isWhole }: SseFrame): SseEvent | null {
  if (!isWhole) return null;
  let name: string | null = null;
  const data: string[] = [];
  for (const line of raw
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)) {
    const colonAt = line.indexOf(':');
    const field = colonAt < 0 ? line : line.slice(0, colonAt);
    const value = colonAt < 0 ? '' : line.slice(colonAt + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? null : { name, data: data.join('\n') };
}
