// Decides what a remark on a pull request becomes: a command, work, or nothing, with the reason (R-SEN-5). Pure.
import type { RemarkRow } from '../../../store/work/pull-requests/remarks.ts';
import { type ForgeCommand, readCommand } from '../commands/commands-read.ts';

export type Judged =
  | { as: 'command'; command: ForgeCommand }
  /** The remark asks for a change. */
  | { as: 'work' }
  | { as: 'nothing'; because: string };

type Judgeable = Pick<
  RemarkRow,
  'kind' | 'body' | 'judgement' | 'isResolved' | 'writtenAt' | 'editedAt' | 'author'
>;

/** Forges round times, and may set the two times of a new comment a moment apart. */
const editedMsMin = 2_000;

/** What the remark asks for, whether or not its author is allowed to. */
export function judgeRemark(remark: Judgeable): Judged {
  const { kind, body, judgement, isResolved } = remark;
  const command = kind === 'comment' ? readCommand(body) : null;
  if (command && remark.editedAt.getTime() - remark.writtenAt.getTime() >= editedMsMin)
    return nothing('a command counts only in a comment that nobody has edited');
  if (command) return { as: 'command', command };
  if (kind === 'comment') return nothing('only commands, reviews and comments on lines ask for work');
  if (judgement === 'approved') return nothing('an approval asks for nothing');
  if (judgement === 'dismissed') return nothing('the review was dismissed');
  if (isResolved) return nothing('its thread is resolved');
  if (body.trim() === '') return nothing('it is empty');
  return { as: 'work' };
}

/** Whether the account belongs to a program: by its name on GitHub or GitLab, or because the project names it. */
export function isProgram(login: string, programs: readonly string[] = []): boolean {
  return /\[bot\]$|^(?:project|group)_\d+_bot\w*$/i.test(login) || isAmong(programs, login);
}

function isAmong(programs: readonly string[], login: string): boolean {
  return programs.some((name) => name.toLowerCase() === login.toLowerCase());
}

/** Null if the author may ask for work. */
export function whyNotFrom(
  { author, host, repository }: Pick<RemarkRow, 'author' | 'host' | 'repository'>,
  { mayWrite, programs }: { mayWrite: boolean; programs: readonly string[] },
): string | null {
  if (isProgram(author) && !isAmong(programs, author))
    return `${author} is a program that the project does not listen to`;
  return mayWrite ? null : `${author} may not write to ${repository} on ${host}`;
}

function nothing(because: string): Judged {
  return { as: 'nothing', because };
}
