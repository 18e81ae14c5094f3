import type { Command } from 'commander';
import type { CliContext, OpenFor, OpenMoose } from '../context.ts';
import type { Printer } from '../terminal/printer.ts';
import { databaseAnswers, databaseStarts, withWord } from '../terminal/waiting-word.ts';

export interface Flags {
  json: boolean;
  data?: string;
}

export function flagsOf(command: Command): Flags {
  const { json, data } = command.optsWithGlobals<{ json?: boolean; data?: string }>();
  return { json: json === true, ...(data === undefined ? {} : { data }) };
}

/** Opens Moose for one command, and always closes it. */
export async function withMoose(
  context: CliContext,
  command: Command,
  act: (opened: OpenMoose, printer: Printer) => Promise<void>,
  mode: OpenFor = 'use',
): Promise<void> {
  const flags = flagsOf(command);
  const printer = context.printer(flags.json);
  const opened = await withWord(printer, databaseStarts, context.open(flags, mode));
  try {
    await act(opened, printer);
  } finally {
    await opened.close();
  }
}

/** For a command that only reads: a person is told if the database keeps it waiting. */
export async function readMoose(
  context: CliContext,
  command: Command,
  act: (opened: OpenMoose, printer: Printer) => Promise<void>,
): Promise<void> {
  await withMoose(context, command, (opened, printer) =>
    withWord(printer, databaseAnswers, act(opened, printer)),
  );
}
