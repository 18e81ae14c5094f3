// Reports a wrong command line like every other error: as text, or as JSON with --json (R-UI-7).

import type { Command, CommanderError } from 'commander';
import { cliFailures } from '../failure-catalogue.ts';
import { printError } from '../terminal/printer.ts';
import { jsonSafe } from '../terminal/terminal-safe.ts';

/** Whether --json is among the options; arguments after `--` are not options. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** Collects the output of commander in `said`. Call it before adding the commands, which inherit it. */
export function sayInto(said: string[], program: Command): void {
  program.configureOutput({
    writeOut: (text) => void said.push(text),
    writeErr: () => undefined,
    getOutHasColors: () => false,
  });
}

/** Prints help or version as JSON. */
export function printSaid(said: readonly string[]): void {
  process.stdout.write(`${jsonSafe(JSON.stringify({ text: said.join('').trimEnd() }))}\n`);
}

/** Only with --json; otherwise commander has already printed the error. */
export function printUsageError({ code, message }: CommanderError): void {
  const isEmpty = code === 'commander.help';
  const text = isEmpty ? 'No command was given.' : message.replace(/^error: /, '');
  const error = cliFailures.USAGE('parse', { text: text.replace(/\s+/g, ' ').trim() });
  printError(error, true);
}
