// Reads an answer as it passes, in one of three forms: events, one JSON document, or a JSON list.
import type { TokenUsage } from '../../../domain/agents/model-call.ts';
import { JsonListItems } from '../gemini/json-list-items.ts';
import { hasTwins } from '../json-text.ts';
import { parseOrNull } from '../json-value.ts';
import type { FoldEnd, UsageFold } from '../wire.ts';
import { feeBeside } from './fees-beside.ts';
import { eventOf, SseFrames } from './sse.ts';

/** How a protocol reads the pieces of an answer. Neither function throws, whatever it gets. */
export interface AnswerReader {
  /** One event of a stream; `name` is from its event line, `data` is parsed. */
  event(name: string | null, data: unknown): void;
  /** The stream's own end marker, if the protocol has one that is not JSON. */
  done(): void;
  /** An answer in one piece. */
  document(body: unknown): void;
  readonly input: TokenUsage | null;
  /** As in `UsageFold`. */
  readonly models: readonly string[];
  end(): FoldEnd;
}

const documentBytesMax = 32 * 1_024 * 1_024;
const doneData = '[DONE]';
const byteOrderMark = [0xef, 0xbb, 0xbf];
const blank = new Set([0x20, 0x09, 0x0a, 0x0d, ...byteOrderMark]);

type Form = 'events' | 'document' | 'list' | 'page';

/** The first byte shows the form: a provider may answer a streaming request with a document. */
export function foldWith(reader: AnswerReader): UsageFold {
  return new AnswerFold(reader);
}

class AnswerFold implements UsageFold {
  readonly #reader: AnswerReader;
  readonly #frames = new SseFrames();
  readonly #items = new JsonListItems();
  #form: Form | null = null;
  #document: Buffer[] = [];
  #documentBytes = 0;
  #isMalformed = false;
  #hasTwins = false;
  #fee: string | null = null;

  constructor(reader: AnswerReader) {
    this.#reader = reader;
  }

  get input(): TokenUsage | null {
    return this.#reader.input;
  }

  get models(): readonly string[] {
    return this.#reader.models;
  }

  push(chunk: Buffer): void {
    this.#form ??= formOf(chunk);
    if (this.#form === 'events') this.#readFrames(this.#frames.push(chunk));
    else if (this.#form === 'list') this.#readItems(this.#items.push(chunk));
    else if (this.#form === 'document') this.#hold(chunk);
  }

  end(): FoldEnd {
    if (this.#form === 'events') this.#readFrames(this.#frames.end());
    if (this.#form === 'document') this.#readDocument();
    if (this.#form === 'page') this.#isMalformed = true;
    const end = this.#reader.end();
    if (this.#fee !== null) end.unlisted ??= this.#fee;
    if (this.#hasTwins) end.surprise = 'a number twice in one object';
    const isMalformed = this.#isMalformed && !end.isWhole && end.failure === null;
    return isMalformed ? { ...end, failure: 'malformed' } : end;
  }

  #readFrames(frames: ReturnType<SseFrames['push']>): void {
    for (const frame of frames) {
      const event = eventOf(frame);
      if (event === null) continue;
      if (event.data.trim() === doneData) this.#reader.done();
      else this.#readJson(event.data, event.name);
    }
  }

  #readItems(items: readonly string[]): void {
    for (const item of items) this.#readJson(item, null);
  }

  #readJson(text: string, name: string | null): void {
    const data = parseOrNull(text);
    this.#hasTwins ||= hasUsage.test(text) && hasTwins(text);
    if (data === null) this.#isMalformed ||= text.trim() !== '' && text.trim() !== 'null';
    else {
      this.#fee ??= feeBeside(data);
      this.#reader.event(name, data);
    }
  }

  #hold(chunk: Buffer): void {
    this.#documentBytes += chunk.length;
    if (this.#documentBytes <= documentBytesMax) this.#document.push(chunk);
    else this.#document = [];
  }

  #readDocument(): void {
    const text = Buffer.concat(this.#document)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
    this.#document = [];
    const body = parseOrNull(text);
    this.#hasTwins ||= hasUsage.test(text) && hasTwins(text);
    if (body !== null) {
      this.#fee ??= feeBeside(body);
      this.#reader.document(body);
    }
    // A truncated document does not end like a complete one.
    else this.#isMalformed = /\}\s*$/.test(text);
  }
}

/** Only what is counted is looked at twice. */
const hasUsage = /"usage(?:Metadata)?"\s*:\s*\{/;

/** Null as long as there is only whitespace. */
function formOf(chunk: Buffer): Form | null {
  const first = chunk.find((byte) => !blank.has(byte));
  if (first === undefined) return null;
  if (first === 0x7b) return 'document';
  if (first === 0x5b) return 'list';
  return first === 0x3c ? 'page' : 'events';
}
