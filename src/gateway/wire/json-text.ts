// A client's JSON object, parsed once within limits and edited member by member: every other byte stays as received,
// because rewritten numbers and escapes could differ from the client's.
import { isUtf8 } from 'node:buffer';
import { endOfString } from './end-of-string.ts';
import { isObject, type JsonObject } from './json-value.ts';

export const jsonLimits = {
  bytesMax: 10 * 1_024 * 1_024,
  /** Tool schemas nest about a dozen levels deep. */
  depthMax: 64,
} as const;

export interface JsonText {
  value: JsonObject;
  /**
   * The bytes with these members rewritten, or removed where the value is undefined; the same bytes if there is nothing
   * to rewrite.
   */
  edited(members: ReadonlyMap<string, unknown>): Buffer;
  /**
   * The maximum length of the result, computed without writing it; the output limit is written beside the other
   * members.
   */
  bytesWith(members: ReadonlyMap<string, unknown>): number;
  /** The text of the result. */
  valueWith(members: ReadonlyMap<string, unknown>): JsonObject;
}

/** @returns what is wrong with the bytes, as the end of a sentence, if they cannot be read */
export function readJsonText(bytes: Buffer): JsonText | { problem: string } {
  if (bytes.length > jsonLimits.bytesMax) return { problem: `is larger than ${jsonLimits.bytesMax} bytes` };
  if (!isUtf8(bytes)) return { problem: 'is not UTF-8' };
  const layout = new Layout(bytes);
  const problem = layout.read();
  if (problem !== null) return { problem };
  const value = parsed(bytes);
  if (!isObject(value)) return { problem: 'is not a JSON object' };
  // Some releases of V8 misread a name of one or two letters that is written with an escape.
  if (layout.names.some((name) => !Object.hasOwn(value, name)))
    return { problem: 'has a key that may be misread' };
  return {
    value,
    edited: (members) => (members.size === 0 ? bytes : layout.edited(members)),
    bytesWith: (members) =>
      [...members]
        .flatMap(([name, each]) => written(name, each))
        .reduce((sum, piece) => sum + piece.length + between.length, bytes.length + limitBytes),
    valueWith: (members) => ({ ...value, ...Object.fromEntries(members) }),
  };
}

/** Room for the name of a limit, twice, and its digits. */
const limitBytes = 128;

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

interface Member {
  name: string;
  /** The member with one neighbouring comma: from the brace or comma before it to the comma or brace after it. */
  startAt: number;
  endAt: number;
}

const quote = 0x22;
const [openBrace, closeBrace, openBracket, closeBracket, colon, comma] = [0x7b, 0x7d, 0x5b, 0x5d, 0x3a, 0x2c];

/** The positions of the outermost object's members. The result for invalid JSON is undefined; never throws. */
class Layout {
  readonly #bytes: Buffer;
  readonly #members: Member[] = [];
  /** The names seen in the open object at each depth; null for a list. */
  readonly #open: (Set<string> | null)[] = [];
  #stringAt = { start: 0, end: 0 };
  #openedAt = 0;
  #memberAt = 0;
  #closedAt = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get names(): readonly string[] {
    return this.#members.map(({ name }) => name);
  }

  read(): string | null {
    const bytes = this.#bytes;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === quote) {
        const end = endOfString(bytes, at);
        this.#stringAt = { start: at, end };
        at = end - 1;
      } else if (byte === openBrace || byte === openBracket) {
        this.#open.push(byte === openBrace ? new Set() : null);
        if (this.#open.length > jsonLimits.depthMax) return `nests deeper than ${jsonLimits.depthMax}`;
        if (this.#open.length === 1) {
          this.#openedAt = at + 1;
          this.#memberAt = at + 1;
        }
      } else if (byte === closeBrace || byte === closeBracket) {
        if (this.#open.length === 1) this.#closeMember(at);
        this.#open.pop();
        this.#closedAt = at;
      } else if (byte === comma) {
        if (this.#open.length === 1) this.#closeMember(at);
      } else if (byte === colon) {
        const twice = this.#nameMember();
        if (twice !== null) return `contains the key ${JSON.stringify(twice)} twice`;
      }
    }
    return null;
  }

  edited(members: ReadonlyMap<string, unknown>): Buffer {
    const bytes = this.#bytes;
    const kept = this.#members.flatMap(({ name, startAt, endAt }) => {
      if (!members.has(name)) return [bytes.subarray(startAt, endAt)];
      return written(name, members.get(name));
    });
    const named = new Set(this.names);
    const added = [...members]
      .filter(([name]) => !named.has(name))
      .flatMap(([name, value]) => written(name, value));
    const separated = [...kept, ...added].flatMap((piece, index) =>
      index === 0 ? [piece] : [between, piece],
    );
    return Buffer.concat([bytes.subarray(0, this.#openedAt), ...separated, bytes.subarray(this.#closedAt)]);
  }

  /** A name that appears twice in one object is refused: the provider might use the one that was not bounded. */
  #nameMember(): string | null {
    const depth = this.#open.length;
    const names = this.#open[depth - 1];
    if (names === null || names === undefined) return null;
    const name = this.#string();
    if (names.has(name)) return name;
    names.add(name);
    if (depth === 1) this.#members.push({ name, startAt: this.#memberAt, endAt: -1 });
    return null;
  }

  #closeMember(at: number): void {
    const last = this.#members.at(-1);
    if (last && last.endAt < 0) last.endAt = at;
    this.#memberAt = at + 1;
  }

  /** The name with its escapes resolved: an escape may hide a name. */
  #string(): string {
    const { start, end } = this.#stringAt;
    const text = this.#bytes.toString('utf8', start, end);
    if (!text.includes('\\')) return text.slice(1, -1);
    const value = parsed(Buffer.from(text));
    return typeof value === 'string' ? value : text;
  }
}

const between = Buffer.from(',');

function written(name: string, value: unknown): Buffer[] {
  return value === undefined ? [] : [Buffer.from(`${JSON.stringify(name)}:${JSON.stringify(value)}`)];
}
