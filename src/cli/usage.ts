// A command line that is not understood, told as every other error is: in words, or as JSON where --json is given (R-UI-7).
import type { Command, CommanderError } from 'commander';
import { PermanentError } from '../domain/failure.ts';
import { printError } from './face.ts';
import { jsonSafe } from './terminal-safe.ts';

/** Whether --json stands among the options: what follows `--` are words. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** Before the commands are added, which take it over. What commander says comes in parts, into `said`. */
export function sayInto(said: string[], program: Command): void {
  program.configureOutput({ writeOut: (text) => void said.push(text), writeErr: () => undefined });
}

/** Help and version. */
export function printSaid(said: readonly string[]): void {
  process.stdout.write(`${jsonSafe(JSON.stringify({ text: said.join('').trimEnd() }))}\n`);
}

/** Where --json is given; else commander has said it already. */
export function printUsageError({ code, message }: CommanderError): void {
  const isEmpty = code === 'commander.help';
  const text = isEmpty ? 'No command was given.' : message.replace(/^error: /, '');
  const error = new PermanentError({
    code: 'USAGE',
    component: 'cli',
    operation: 'parse',
    message: text.replace(/\s+/g, ' ').trim(),
    advice: '`moose --help` shows the commands, and `moose COMMAND --help` what one takes.',
  });
  printError(error, true);
}
