// Splits SQL of any dialect into statements and words. Leaves out comments and the content of strings.

export interface Word {
  /** As written. Names are compared in lower case, as databases do, except names in double quotes. */
  text: string;
  isQuoted: boolean;
  /** True for strings and names in double quotes, whose case matters. */
  isExact?: boolean;
}

export const spelled = ({ text, isExact }: Word) => (isExact ? text : text.toLowerCase());

/** A dollar-quoted text, such as a function body, is one word. The content of MySQL's `/*!` is read as code. */
const wordPattern =
  /\s+|--[^\n]*|\/\*M?!\d*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]*)\$|'((?:[^'\\]|''|\\[\s\S])*)(?:'|$)|"((?:[^"]|"")*)(?:"|$)|`((?:[^`]|``)*)(?:`|$)|\[([A-Za-z_][^\]\n]*)\]|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*)|([\s\S])/gy;

/** A backslash before a quote either is a plain character, or escapes the quote; databases differ in this. */
export const hasTwoReadings = (text: string) => text.includes("\\'");

/** @param isPlainBackslash - true if a backslash is a plain character, as in standard SQL, and not an escape */
export function splitSql(given: string, isPlainBackslash = false): Word[][] {
  const text = isPlainBackslash ? given.replaceAll('\\', '/') : given;
  const statements: Word[][] = [];
  let words: Word[] = [];
  wordPattern.lastIndex = 0;
  for (let match = wordPattern.exec(text); match !== null; match = wordPattern.exec(text)) {
    const [, dollar, string, double, tick, bracket, plain, sign] = match;
    if (dollar !== undefined) {
      const end = text.indexOf(`$${dollar}$`, wordPattern.lastIndex);
      wordPattern.lastIndex = end === -1 ? text.length : end + dollar.length + 2;
      words.push({ text: text.slice(match.index, wordPattern.lastIndex), isQuoted: true });
    } else if (string !== undefined) words.push({ text: `'${string}'`, isQuoted: true, isExact: true });
    else if (sign === ';') {
      if (words.length > 0) statements.push(words);
      words = [];
    } else {
      const name = double ?? tick ?? bracket;
      const word = name ?? plain ?? sign;
      if (word !== undefined)
        words.push({ text: word, isQuoted: name !== undefined, isExact: double !== undefined });
    }
  }
  if (words.length > 0) statements.push(words);
  return statements;
}

/** Reads the words of one statement from left to right. */
export class Words {
  readonly #words: readonly Word[];
  #at = 0;

  constructor(words: readonly Word[]) {
    this.#words = words;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length;
  }

  /** The next word in lower case; empty at the end. A quoted name is not a keyword, so it keeps its quotes. */
  peek(ahead = 0): string {
    const word = this.#words[this.#at + ahead];
    if (word === undefined) return '';
    return word.isQuoted ? `"${word.text}"` : word.text.toLowerCase();
  }

  /** Consumes these keywords if they come next. */
  take(...keywords: string[]): boolean {
    if (!keywords.every((keyword, ahead) => this.peek(ahead) === keyword)) return false;
    this.#at += keywords.length;
    return true;
  }

  takeAny(...keywords: string[]): boolean {
    return keywords.some((keyword) => this.take(keyword));
  }

  next(): string {
    const word = this.#words[this.#at];
    this.#at += 1;
    return word ? spelled(word) : '';
  }

  /** Reads a name with its schema, if any; leaves out the default schemas. */
  name(): string {
    let name = this.next();
    while (this.peek() === '.') {
      this.#at += 1;
      name = name === 'public' || name === 'dbo' ? this.next() : `${name}.${this.next()}`;
    }
    return name;
  }

  /** Reads the words up to a comma or a closing bracket that is outside all brackets. */
  item(): Word[] {
    const from = this.#at;
    let open = 0;
    for (; this.#at < this.#words.length; this.#at += 1) {
      const { text, isQuoted } = this.#words[this.#at] ?? { text: '', isQuoted: true };
      if (isQuoted) continue;
      if (text === '(') open += 1;
      else if (text === ')' && open === 0) break;
      else if (text === ')') open -= 1;
      else if (text === ',' && open === 0) break;
    }
    return this.#words.slice(from, this.#at);
  }
}
