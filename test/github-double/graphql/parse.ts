// The part of GraphQL that queries are written in: one operation, fields with arguments and aliases, inline fragments.
// https://spec.graphql.org/October2021/#sec-Language

export interface Document {
  kind: 'query' | 'mutation';
  variables: { name: string; type: string }[];
  selections: Selection[];
}

export interface Selection {
  /** Null for an inline fragment. */
  field: string | null;
  alias: string;
  args: Record<string, Value>;
  /** Of an inline fragment. */
  on: string | null;
  selections: Selection[];
}

export type Value =
  | { kind: 'variable'; name: string }
  | { kind: 'enum'; name: string }
  | { kind: 'plain'; value: string | number | boolean | null }
  | { kind: 'list'; items: Value[] }
  | { kind: 'object'; fields: Record<string, Value> };

const token =
  /\s*(?:(?<name>[_A-Za-z]\w*)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<number>-?\d+(?:\.\d+)?)|(?<sign>\.\.\.|[{}()[\]:!$=]))|\s*,|\s*#[^\n]*|\s+/y;

export function parseGraphql(text: string): Document {
  const reader = new Reader(tokensOf(text));
  const kind = reader.is('{') ? 'query' : reader.take();
  if (kind !== 'query' && kind !== 'mutation')
    throw new SyntaxError(`Expected query or mutation, actual: ${kind}`);
  if (!reader.is('{') && !reader.is('(')) reader.take();
  const variables = reader.inParentheses(() => reader.variable());
  const selections = reader.block();
  reader.assertEnd();
  return { kind, variables, selections };
}

class Reader {
  #at = 0;
  readonly #tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  is(sign: string): boolean {
    return this.#tokens[this.#at] === sign;
  }

  take(expected?: string): string {
    const found = this.#tokens[this.#at];
    if (found === undefined || (expected !== undefined && found !== expected)) {
      throw new SyntaxError(`Expected ${expected ?? 'more'}, actual: ${found ?? 'end of the query'}`);
    }
    this.#at += 1;
    return found;
  }

  assertEnd(): void {
    const found = this.#tokens[this.#at];
    if (found !== undefined) throw new SyntaxError(`Expected the end of the query, actual: ${found}`);
  }

  inParentheses<T>(read: () => T): T[] {
    if (!this.is('(')) return [];
    this.take('(');
    return this.#until(')', read);
  }

  variable(): Document['variables'][number] {
    this.take('$');
    const name = this.take();
    this.take(':');
    return { name, type: this.#type() };
  }

  block(): Selection[] {
    if (!this.is('{')) return [];
    this.take('{');
    return this.#until('}', () => this.#selection());
  }

  #until<T>(close: string, read: () => T): T[] {
    const items: T[] = [];
    while (!this.is(close)) items.push(read());
    this.take(close);
    return items;
  }

  #type(): string {
    const must = () => (this.is('!') ? this.take() : '');
    if (!this.is('[')) return this.take() + must();
    this.take('[');
    const inner = this.#type();
    this.take(']');
    return `[${inner}]${must()}`;
  }

  #named(): [string, Value] {
    const name = this.take();
    this.take(':');
    return [name, this.#value()];
  }

  #value(): Value {
    const found = this.take();
    if (found === '$') return { kind: 'variable', name: this.take() };
    if (found === '[') return { kind: 'list', items: this.#until(']', () => this.#value()) };
    if (found === '{') {
      return { kind: 'object', fields: Object.fromEntries(this.#until('}', () => this.#named())) };
    }
    if (/^["\-\d]/.test(found) || /^(true|false|null)$/.test(found)) {
      return { kind: 'plain', value: JSON.parse(found) as string | number | boolean | null };
    }
    return { kind: 'enum', name: found };
  }

  #selection(): Selection {
    if (this.is('...')) {
      this.take('...');
      this.take('on');
      const on = this.take();
      return { field: null, alias: '', args: {}, on, selections: this.block() };
    }
    const alias = this.take();
    const isAlias = this.is(':');
    if (isAlias) this.take(':');
    const field = isAlias ? this.take() : alias;
    const args = Object.fromEntries(this.inParentheses(() => this.#named()));
    return { field, alias, args, on: null, selections: this.block() };
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new SyntaxError(`Unexpected ${JSON.stringify(text.slice(at, at + 10))}`);
    const { name, string, number, sign } = found.groups ?? {};
    const word = name ?? string ?? number ?? sign;
    if (word !== undefined) tokens.push(word);
  }
  return tokens;
}
