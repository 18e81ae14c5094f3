// Splits SQL into statements and their words. Comments and what strings hold are left out; no dialect is refused.

export interface Word {
  /** As it is written; names are compared in lower case, as databases do, but for those in double quotes. */
  text: string;
  isQuoted: boolean;
  /** Its case counts: a string, or a name in double quotes. */
  isExact?: boolean;
}

export const spelled = ({ text, isExact }: Word) => (isExact ? text : text.toLowerCase());

/** A dollar-quoted text, such as the body of a function, is one word. MySQL runs what is in a comment with `!`. */
const wordPattern =
  /\s+|--[^\n]*|\/\*M?!\d*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_]*)\$|'((?:[^'\\]|''|\\[\s\S])*)(?:'|$)|"((?:[^"]|"")*)(?:"|$)|`((?:[^`]|``)*)(?:`|$)|\[([A-Za-z_][^\]\n]*)\]|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*)|([\s\S])/gy;

/** What may be a backslash before the end of a text, and in other databases one that makes its quote part of it. */
export const hasTwoReadings = (text: string) => text.includes("\\'");

/** @param isPlainBackslash - whether a backslash in a text is one, as in standard SQL, and not the start of an escape */
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

/** Reads the words of one statement from the left. */
export class Words {
  readonly #words: readonly Word[];
  #at = 0;

  constructor(words: readonly Word[]) {
    this.#words = words;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length;
  }

  /** The next word in lower case; empty at the end. A quoted name is no keyword. */
  peek(ahead = 0): string {
    const word = this.#words[this.#at + ahead];
    if (word === undefined) return '';
    return word.isQuoted ? `"${word.text}"` : word.text.toLowerCase();
  }

  /** Takes these keywords, if they come next. */
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

  /** A name, perhaps with that of its schema; the usual schemas are left out. */
  name(): string {
    let name = this.next();
    while (this.peek() === '.') {
      this.#at += 1;
      name = name === 'public' || name === 'dbo' ? this.next() : `${name}.${this.next()}`;
    }
    return name;
  }

  /** The words up to a comma or a closing bracket outside all brackets. */
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
