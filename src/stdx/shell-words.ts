// Quotes and parses the words of a shell line. Pure.

/** One word that a shell takes as it is. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) && !text.startsWith('~')
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}

export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** The words of a line with nothing but words and single quotes; null for any other line. */
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
