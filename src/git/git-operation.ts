// What a git is called by in failures and in rules: its subcommand.

/** `git worktree add`, say: the subcommand, and the word after it where that is one of its own. */
export function operationOf(args: readonly string[]): string {
  const [subcommand = '', action = ''] = wordsOf(args);
  return ['worktree', 'bundle'].includes(subcommand) ? `git ${subcommand} ${action}` : `git ${subcommand}`;
}

export function subcommandOf(args: readonly string[]): string {
  return wordsOf(args)[0] ?? args[0] ?? '';
}

function wordsOf(args: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < args.length && words.length < 2; index += 1) {
    const word = args[index] ?? '';
    if (words.length === 0 && word === '-c') index += 1;
    else if (/^[a-z][a-z-]*$/.test(word)) words.push(word);
    else if (words.length > 0 || !word.startsWith('-')) break;
  }
  return words;
}
