// The CHECK constraints of a table, by name, or by text if they have no name.
import { spelled, type Word } from './split-sql.ts';

export type Checks = Map<string, string>;

/** Adds the checks of a column or constraint definition. */
export function addChecks(checks: Checks, words: readonly Word[]): void {
  words.forEach((word, at) => {
    if (!isKeyword(word, 'check') || words[at + 1]?.text !== '(') return;
    const text = bracketed(words.slice(at + 1));
    const name = isKeyword(words[at - 2], 'constraint') ? words[at - 1] : undefined;
    checks.set(name ? spelled(name) : text, text);
  });
}

const isKeyword = (word: Word | undefined, keyword: string) =>
  word !== undefined && !word.isQuoted && word.text.toLowerCase() === keyword;

/** The words from an opening bracket to the matching closing bracket. */
function bracketed(words: readonly Word[]): string {
  let open = 0;
  const end = words.findIndex(({ text, isQuoted }) => {
    if (isQuoted) return false;
    if (text === '(') open += 1;
    if (text === ')') open -= 1;
    return open === 0;
  });
  return words
    .slice(0, end === -1 ? words.length : end + 1)
    .map(spelled)
    .join(' ');
}
