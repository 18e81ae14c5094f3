// The name of a git operation in failures and rules: its subcommand.

/** For example `git worktree add`: the subcommand, and the next word if it is a subcommand too. */
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
