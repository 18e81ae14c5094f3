// Reads Amazon's event stream (`application/vnd.amazon.eventstream`), in which Bedrock wraps Anthropic's events, and
// writes server-sent events. A frame that is too long or fails its checksum ends the answer: nothing after it can be
// trusted.
import { crc32 } from 'node:zlib';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { parseOrNull, textIn } from '../wire/json-value.ts';
import type { AnswerDecoder } from './carrier.ts';

export const eventStreamLimits = {
  /** Amazon's own limit for the payload of a frame, and room for its headers. */
  frameBytesMax: 16 * 1_024 * 1_024 + 128 * 1_024,
} as const;

/** An exception instead of an event; `name` begins with a capital: `ThrottlingException`. */
export interface StreamException {
  name: string;
  message: string;
}

const preludeBytes = 12;
const frameBytesMin = 16;
const nothing = Buffer.alloc(0);

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

type Message = ReturnType<EventStreamCodec['decode']>;

export class EventStreamDecoder implements AnswerDecoder {
  readonly #errorEvent: (exception: StreamException) => string;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #neededBytes = preludeBytes;
  #isBroken = false;
  /** The last event has arrived, or an exception instead. */
  #isOver = false;

  /** `errorEvent`: the `data` of the event that reports an exception to a client. */
  constructor(errorEvent: (exception: StreamException) => string) {
    this.#errorEvent = errorEvent;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  push(chunk: Buffer): Buffer {
    if (this.#isBroken || chunk.length === 0) return nothing;
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#neededBytes) return nothing;
    return this.#readFrames(Buffer.concat(this.#held));
  }

  end(): Buffer {
    this.#held = [];
    this.#isBroken ||= !this.#isOver;
    return nothing;
  }

  #readFrames(bytes: Buffer): Buffer {
    const events: Buffer[] = [];
    let from = 0;
    this.#neededBytes = preludeBytes;
    while (bytes.length - from >= preludeBytes) {
      const length = frameLength(bytes.subarray(from, from + preludeBytes));
      if (length === null) return this.#broken(events);
      this.#neededBytes = length;
      if (bytes.length - from < length) break;
      const message = decoded(bytes.subarray(from, from + length));
      const event = message === null ? null : this.#eventOf(message);
      if (event === null) return this.#broken(events);
      events.push(event);
      from += length;
      this.#neededBytes = preludeBytes;
    }
    const rest = bytes.subarray(from);
    this.#held = rest.length === 0 ? [] : [rest];
    this.#heldBytes = rest.length;
    return Buffer.concat(events);
  }

  #broken(events: readonly Buffer[]): Buffer {
    this.#isBroken = true;
    this.#held = [];
    return Buffer.concat(events);
  }

  /** Null if the message cannot be read; empty for messages that say nothing to a client. */
  #eventOf(message: Message): Buffer | null {
    switch (headerOf(message, ':message-type')) {
      case 'event':
        return headerOf(message, ':event-type') === 'chunk' ? this.#chunk(message) : nothing;
      case 'exception':
        return this.#failed(headerOf(message, ':exception-type'), messageIn(message));
      case 'error':
        return this.#failed(headerOf(message, ':error-code'), headerOf(message, ':error-message'));
      default:
        return nothing;
    }
  }

  #chunk(message: Message): Buffer | null {
    const chunk = chunkOf(message);
    this.#isOver ||= chunk?.isLast === true;
    return chunk?.event ?? null;
  }

  #failed(name: string | null, message: string | null): Buffer {
    this.#isOver = true;
    const known = name ?? 'InternalServerException';
    const exception = {
      name: known.slice(0, 1).toUpperCase() + known.slice(1),
      message: message ?? '',
    };
    return Buffer.from(`event: error\ndata: ${this.#errorEvent(exception)}\n\n`);
  }
}

/** Null if the frame cannot be one. The prelude has a checksum of its own, so no false length is waited for. */
function frameLength(prelude: Buffer): number | null {
  const length = prelude.readUInt32BE(0);
  const headersLength = prelude.readUInt32BE(4);
  if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8)) return null;
  if (length < frameBytesMin || length > eventStreamLimits.frameBytesMax) return null;
  return headersLength <= length - frameBytesMin ? length : null;
}

function decoded(frame: Buffer): Message | null {
  try {
    return codec.decode(frame);
  } catch (cause) {
    // The library throws for a wrong checksum and for headers that are none: the frame is not readable.
    if (cause instanceof Error) return null;
    throw cause;
  }
}

function headerOf({ headers }: Message, name: string): string | null {
  const value = headers[name]?.value;
  return typeof value === 'string' ? value : null;
}

function messageIn({ body }: Message): string | null {
  const said = parseOrNull(Buffer.from(body).toString('utf8'));
  return textIn(said, 'message') ?? textIn(said, 'Message');
}

/** `{"bytes": "…"}`: one event of Anthropic in Base64. */
function chunkOf({ body }: Message): { event: Buffer; isLast: boolean } | null {
  const base64 = textIn(parseOrNull(Buffer.from(body).toString('utf8')), 'bytes');
  if (base64 === null) return null;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const event = parseOrNull(text);
  if (event === null) return null;
  const type = textIn(event, 'type') ?? '';
  const name = /^[a-z_]{1,64}$/.test(type) ? `event: ${type}\n` : '';
  // A line end inside the data would end the event.
  const data = /[\r\n]/.test(text) ? JSON.stringify(event) : text;
  return { event: Buffer.from(`${name}data: ${data}\n\n`), isLast: type === 'message_stop' };
}
