// Quotes and parses the words of a shell line. Pure.

/** The word, quoted so that a shell reads it as one literal argument. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) && !text.startsWith('~')
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}

export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** The words of a line that contains only words and single-quoted strings; null for any other line. */
export function readShellLine(line: string): string[] | null {
  const words: string[] = [];
  const pattern = /\s*((?:'[^']*'|\\'|[^\s'"\\$`|&;<>()*?#])+)/y;
  while (pattern.lastIndex < line.trimEnd().length) {
    const [, word] = pattern.exec(line) ?? [];
    if (word === undefined) return null;
    words.push(word.replace(/'([^']*)'|\\'/g, (_, quoted: string | undefined) => quoted ?? "'"));
  }
  return words;
}
