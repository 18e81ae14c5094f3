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
  const tokens = tokensOf(text);
  let at = 0;
  const is = (sign: string) => tokens[at] === sign;
  const take = (expected?: string): string => {
    const found = tokens[at];
    if (found === undefined || (expected !== undefined && found !== expected)) {
      throw new SyntaxError(`Expected ${expected ?? 'more'}, actual: ${found ?? 'end of the query'}`);
    }
    at += 1;
    return found;
  };
  const until = <T>(close: string, read: () => T): T[] => {
    const items: T[] = [];
    while (!is(close)) items.push(read());
    take(close);
    return items;
  };
  const inParentheses = <T>(read: () => T): T[] => {
    if (!is('(')) return [];
    take('(');
    return until(')', read);
  };
  const type = (): string => {
    if (!is('[')) return take() + (is('!') ? take() : '');
    take('[');
    const inner = type();
    take(']');
    return `[${inner}]${is('!') ? take() : ''}`;
  };
  const named = (): [string, Value] => {
    const name = take();
    take(':');
    return [name, value()];
  };
  const value = (): Value => {
    const found = take();
    if (found === '$') return { kind: 'variable', name: take() };
    if (found === '[') return { kind: 'list', items: until(']', value) };
    if (found === '{') return { kind: 'object', fields: Object.fromEntries(until('}', named)) };
    if (/^["\-\d]/.test(found) || /^(true|false|null)$/.test(found)) {
      return { kind: 'plain', value: JSON.parse(found) as string | number | boolean | null };
    }
    return { kind: 'enum', name: found };
  };
  const block = (): Selection[] => {
    if (!is('{')) return [];
    take('{');
    return until('}', selection);
  };
  const selection = (): Selection => {
    if (is('...')) {
      take('...');
      take('on');
      const on = take();
      return { field: null, alias: '', args: {}, on, selections: block() };
    }
    const alias = take();
    if (is(':')) take(':');
    const field = tokens[at - 1] === ':' ? take() : alias;
    const args = Object.fromEntries(inParentheses(named));
    return { field, alias, args, on: null, selections: block() };
  };
  const variable = () => {
    take('$');
    const name = take();
    take(':');
    return { name, type: type() };
  };
  const kind = is('{') ? 'query' : take();
  if (kind !== 'query' && kind !== 'mutation')
    throw new SyntaxError(`Expected query or mutation, actual: ${kind}`);
  if (!is('{') && !is('(')) take();
  const variables = inParentheses(variable);
  const selections = block();
  if (at < tokens.length) throw new SyntaxError(`Expected the end of the query, actual: ${tokens[at]}`);
  return { kind, variables, selections };
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
