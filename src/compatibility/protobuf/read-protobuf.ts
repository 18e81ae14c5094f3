// Reads a .proto file: its messages, enums and services, and what they reserve. Ignores options.
import { type Side, Unreadable } from '../comparison.ts';

export interface ProtoField {
  name: string;
  number: number;
  /** The type as written, such as `string` or `map<string,int32>`. */
  type: string;
  /** `optional`, `required`, `repeated`, or empty. */
  label: string;
  /** The name of its oneof, or empty. */
  oneof: string;
}

export interface Reserved {
  ranges: [number, number][];
  names: Set<string>;
}

export interface ProtoMessage extends Reserved {
  fields: ProtoField[];
}

export interface ProtoEnum extends Reserved {
  values: Map<string, number>;
}

export interface ProtoCall {
  takes: string;
  gives: string;
}

export interface ProtoFile {
  package: string;
  /** By name, prefixed with the names of the enclosing messages. */
  messages: Map<string, ProtoMessage>;
  enums: Map<string, ProtoEnum>;
  /** By `Service.Call`. */
  calls: Map<string, ProtoCall>;
  services: Set<string>;
}

const wordPattern =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_.][\w.]*|-?\d[\w.+-]*|[{}()[\]<>=;,:-])|([\s\S])/gy;
const nestedMax = 40;

export function readProtobuf(text: string, side: Side): ProtoFile {
  return new Reader(text, side).file();
}

class Reader {
  readonly #words: string[] = [];
  readonly #side: Side;
  readonly #file: ProtoFile = {
    package: '',
    messages: new Map(),
    enums: new Map(),
    calls: new Map(),
    services: new Set(),
  };
  #at = 0;

  constructor(text: string, side: Side) {
    this.#side = side;
    for (const [, word, strange] of text.matchAll(wordPattern)) {
      if (strange !== undefined)
        this.#fail(`it has "${strange.toWellFormed()}" where nothing like it can be`);
      if (word !== undefined) this.#words.push(word);
    }
  }

  file(): ProtoFile {
    while (this.#at < this.#words.length) {
      const word = this.#next();
      if (word === 'package') this.#file.package = this.#next();
      else if (word === 'message') this.#message('', 0);
      else if (word === 'enum') this.#enum('');
      else if (word === 'service') this.#calls();
      else if (word === 'extend') this.#next();
      if (word !== ';' && !isBlock(word)) this.#skip();
    }
    return this.#file;
  }

  #message(prefix: string, depth: number): void {
    if (depth > nestedMax) this.#fail('its messages are nested too deeply');
    const name = prefix + this.#next();
    const message: ProtoMessage = { fields: [], ranges: [], names: new Set() };
    this.#file.messages.set(name, message);
    this.#members(message, `${name}.`, '', depth);
  }

  #members(message: ProtoMessage, prefix: string, oneof: string, depth: number): void {
    this.#expect('{');
    for (let word = this.#next(); word !== '}'; word = this.#next()) {
      if (word === ';') continue;
      const isPlain = this.#peek(1) !== '=';
      if (word === 'message' && isPlain) this.#message(prefix, depth + 1);
      else if (word === 'enum' && isPlain) this.#enum(prefix);
      else if (word === 'oneof' && isPlain) {
        if (depth > nestedMax) this.#fail('its messages are nested too deeply');
        this.#members(message, prefix, this.#next(), depth + 1);
      } else if (word === 'reserved' && isPlain) this.#reserved(message);
      else if (word === 'option' || word === 'extensions' || word === 'extend') this.#skip();
      else message.fields.push(this.#field(word, oneof));
    }
  }

  #field(first: string, oneof: string): ProtoField {
    const isLabel = ['optional', 'required', 'repeated'].includes(first) && this.#peek(1) !== '=';
    let type = isLabel ? this.#next() : first;
    if (type === 'map' && this.#peek() === '<') type += this.#until('>');
    if (type === 'group') this.#fail('it has a group, which is not read');
    const name = this.#next();
    this.#expect('=');
    const number = this.#number();
    this.#skip();
    return { name, number, type: type.replace(/^\./, ''), label: isLabel ? first : '', oneof };
  }

  #enum(prefix: string): void {
    const name = prefix + this.#next();
    const found: ProtoEnum = { values: new Map(), ranges: [], names: new Set() };
    this.#file.enums.set(name, found);
    this.#expect('{');
    for (let word = this.#next(); word !== '}'; word = this.#next()) {
      if (word === ';') continue;
      if (word === 'option' && this.#peek() !== '=') this.#skip();
      else if (word === 'reserved' && this.#peek() !== '=') this.#reserved(found);
      else {
        this.#expect('=');
        found.values.set(word, this.#number());
        this.#skip();
      }
    }
  }

  #reserved({ ranges, names }: Reserved): void {
    for (let word = this.#next(); word !== ';'; word = this.#next()) {
      if (/^["']/.test(word)) names.add(word.slice(1, -1));
      else if (/^[A-Za-z_]/.test(word) && word !== 'to' && word !== 'max') names.add(word);
      else if (word !== ',') {
        const from = Number(word);
        if (!Number.isInteger(from)) this.#fail(`it reserves ${word.slice(0, 40)}, which is not a number`);
        let to = from;
        if (this.#peek() === 'to') {
          this.#next();
          const end = this.#next();
          to = end === 'max' ? Number.MAX_SAFE_INTEGER : Number(end);
        }
        ranges.push([from, to]);
      }
    }
  }

  #calls(): void {
    const service = this.#next();
    this.#file.services.add(service);
    this.#expect('{');
    for (let word = this.#next(); word !== '}'; word = this.#next()) {
      if (word !== 'rpc') {
        if (word !== ';') this.#skip();
        continue;
      }
      const name = this.#next();
      const takes = this.#until(')');
      this.#expect('returns');
      this.#file.calls.set(`${service}.${name}`, { takes, gives: this.#until(')') });
      this.#skip();
    }
  }

  /** Reads the words up to this one, such as `(stream Order)`. */
  #until(end: string): string {
    const words: string[] = [];
    for (let word = this.#next(); word !== end; word = this.#next()) words.push(word.replace(/^\./, ''));
    return `${words.join(' ')}${end}`.replaceAll(' ,', ',').replace(/([<(]) /g, '$1');
  }

  #number(): number {
    const sign = this.#peek() === '-' ? -1 : 1;
    if (sign === -1) this.#next();
    const word = this.#next();
    const number = sign * Number(word);
    if (!Number.isInteger(number)) this.#fail(`it has ${word.slice(0, 40)} where a number belongs`);
    return number;
  }

  /** Skips to the end of the statement, across all brackets. */
  #skip(): void {
    let open = 0;
    while (this.#at < this.#words.length) {
      const word = this.#peek();
      if (open === 0 && word === '}') return;
      this.#at += 1;
      if (word === '{' || word === '[') open += 1;
      else if (word === '}' || word === ']') {
        open -= 1;
        if (open === 0 && word === '}') return;
      } else if (word === ';' && open === 0) return;
    }
  }

  #peek(ahead = 0): string | undefined {
    return this.#words[this.#at + ahead];
  }

  #next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) this.#fail('it ends too early');
    this.#at += 1;
    return word;
  }

  #expect(wanted: string): void {
    const word = this.#next();
    if (word !== wanted) this.#fail(`it has ${word.slice(0, 40)} where ${wanted} belongs`);
  }

  #fail(because: string): never {
    throw new Unreadable(this.#side, because);
  }
}

const isBlock = (word: string) => ['message', 'enum', 'service'].includes(word);
