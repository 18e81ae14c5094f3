import type { ConfigurationError } from '../../../domain/failure.ts';
import { type Check, type CheckKind, checkKinds } from '../../../domain/work-order/check.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

/** Longer than any command that a person writes on one line. */
const commandCharsMax = 10_000;

/**
 * Parses a check as a person writes it: `KIND=COMMAND`, where the command is everything after the first `=`.
 * @throws ConfigurationError CHECK_INVALID
 */
export function parseCheck(text: string): Check {
  const at = text.indexOf('=');
  if (at === -1) throw invalid(`The check ${quote(text)} has no '='`);
  const kind = text.slice(0, at).trim();
  const command = text.slice(at + 1).trim();
  if (!isCheckKind(kind)) throw invalid(`${quote(kind)} is not a kind of check`);
  if (command === '') throw invalid(`The check ${quote(text)} has no command`);
  if (command.length > commandCharsMax)
    throw invalid(`The command of a check is longer than ${commandCharsMax} characters`);
  if (command.includes('\0')) throw invalid('The command of a check contains a NUL character');
  return { kind, command, source: 'given' };
}

function isCheckKind(kind: string): kind is CheckKind {
  return checkKinds.some((each) => each === kind);
}

function quote(text: string): string {
  return `'${text.slice(0, 80)}'`;
}

function invalid(problem: string): ConfigurationError {
  return workplaceFailures.CHECK_INVALID('parseCheck', { problem, checkKinds: checkKinds.join(', ') });
}
