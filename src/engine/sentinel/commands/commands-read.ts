// Commands in comments on pull requests: the first line of a comment that begins with `/moose` (R-SEN-5). Pure.

export const commandNames = ['retry', 'stop', 'explain', 'help'] as const;
export type CommandName = (typeof commandNames)[number];

export interface ForgeCommand {
  /** Null: it is not a known command. */
  name: CommandName | null;
  /** The text after the command: for `retry`, what should be different. */
  text: string;
}

const textCharsMax = 4_000;

/** Null if the comment is not a command. */
export function readCommand(body: string): ForgeCommand | null {
  const found = /^\s*\/moose(?![\w/-])[ \t]*([\w-]*)([\s\S]*)$/i.exec(body);
  if (!found) return null;
  const [, word = '', rest = ''] = found;
  const name = commandNames.find((each) => each === word.toLowerCase()) ?? (word === '' ? 'help' : null);
  return { name, text: rest.trim().slice(0, textCharsMax) };
}

export const commandHelp = [
  'Commands, for people with write access to this repository, at the start of a comment:',
  '',
  '- `/moose retry` restarts work that has stopped; `/moose retry TEXT` also says what should be different.',
  '- `/moose stop` stops the work. The branch and this pull request stay.',
  '- `/moose explain` reports where the work is, what it cost and what it is waiting for.',
  '',
  'Reviews that request changes, and comments on lines, need no command: Moose works on them.',
].join('\n');
