// A client's JSON object, parsed once within limits and edited member by member: every other byte stays as received,
// because rewritten numbers and escapes could differ from the client's.
import { isUtf8 } from 'node:buffer';
import { endOfString } from './answers/end-of-string.ts';
import { isObject, type JsonObject } from './json-value.ts';

export const jsonLimits = {
  bytesMax: 10 * 1_024 * 1_024,
  /** Tool schemas nest about a dozen levels deep. */
  depthMax: 64,
} as const;

export interface JsonText {
  value: JsonObject;
  /**
   * The numbers of an item of a member that are not written as `JSON.stringify` writes them, or those outside of that
   * member: `1.0` has other tokens than `1`, and the same value.
   */
  oddNumbers: OddNumbers;
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

export interface OddNumbers {
  inItem(member: string, item: number): string;
  outside(member: string): string;
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
    oddNumbers: layout.oddNumbers,
    edited: (members) => (members.size === 0 ? bytes : layout.edited(members)),
    bytesWith: (members) =>
      [...members]
        .flatMap(([name, each]) => written(name, each))
        .reduce((sum, piece) => sum + piece.length + between.length, bytes.length + limitBytes),
    valueWith: (members) => ({ ...value, ...Object.fromEntries(members) }),
  };
}

/** True if an object in it has a member twice: two readers may then take different ones. */
export function hasTwins(text: string): boolean {
  const layout = new Layout(Buffer.from(text), { isOfRequest: false });
  layout.read();
  return layout.twin !== null;
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
  /** The item of a list at the second level. */
  #item = 0;
  /** By the member of the outermost object and the item of its list. */
  readonly #odd = new Map<string, Map<number, string[]>>();
  readonly #isOfRequest: boolean;
  #twin: string | null = null;

  /** `isOfRequest`: its numbers and its depth are checked, too. */
  constructor(bytes: Buffer, { isOfRequest = true } = {}) {
    this.#bytes = bytes;
    this.#isOfRequest = isOfRequest;
  }

  /** The first name that an object has twice; null if there is none. */
  get twin(): string | null {
    return this.#twin;
  }

  get names(): readonly string[] {
    return this.#members.map(({ name }) => name);
  }

  get oddNumbers(): OddNumbers {
    return {
      inItem: (member, item) => this.#odd.get(member)?.get(item)?.join(' ') ?? '',
      outside: (member) =>
        [...this.#odd]
          .filter(([name]) => name !== member)
          .flatMap(([, items]) => [...items.values()].flat())
          .join(' '),
    };
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
        if (this.#isOfRequest && this.#open.length > jsonLimits.depthMax)
          return `nests deeper than ${jsonLimits.depthMax}`;
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
        else if (this.#open.length === 2 && this.#open[1] === null) this.#item += 1;
      } else if (byte !== undefined && startsNumber(byte)) {
        const end = endOfNumber(bytes, at);
        const problem = this.#isOfRequest ? this.#number(bytes.toString('latin1', at, end)) : null;
        if (problem !== null) return problem;
        at = end - 1;
      } else if (byte === colon) {
        this.#twin = this.#nameMember();
        if (this.#twin !== null) return `contains the key ${JSON.stringify(this.#twin)} twice`;
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
    if (depth === 1) {
      this.#members.push({ name, startAt: this.#memberAt, endAt: -1 });
      this.#item = 0;
    }
    return null;
  }

  /** A number that changes as it is read is not the one that the provider reads. */
  #number(text: string): string | null {
    const value = Number(text);
    if (String(value) === text) return null;
    if (!isKept(text, value)) return 'has a number with more digits than can be read';
    const member = this.#members.at(-1)?.name ?? '';
    const items = this.#odd.get(member) ?? new Map<number, string[]>();
    const texts = items.get(this.#item) ?? [];
    texts.push(text);
    this.#odd.set(member, items.set(this.#item, texts));
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

const [minus, zero, nine] = [0x2d, 0x30, 0x39];

function startsNumber(byte: number): boolean {
  return byte === minus || (byte >= zero && byte <= nine);
}

/** Digits, signs, a point, an exponent. */
function endOfNumber(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && /[0-9.eE+-]/.test(String.fromCharCode(bytes[at] ?? 0))) at += 1;
  return at;
}

/** The digits that a double holds, and those of the largest one in full. */
const digitsMax = 17;
const numberCharsMax = 400;

function isKept(text: string, value: number): boolean {
  if (!Number.isFinite(value) || text.length > numberCharsMax) return false;
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value)) return BigInt(text) === BigInt(value);
  return digits.length <= digitsMax && (value !== 0 || digits === '');
}
