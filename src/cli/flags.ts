import type { Command } from 'commander';
import type { CliContext, OpenMoose } from './context.ts';
import type { Face } from './face.ts';

export interface Flags {
  json: boolean;
  data?: string;
}

export function flagsOf(command: Command): Flags {
  const { json, data } = command.optsWithGlobals<{ json?: boolean; data?: string }>();
  return { json: json === true, ...(data === undefined ? {} : { data }) };
}

/** Opens Moose for the length of one command, and closes it whatever happens. */
export async function withMoose(
  context: CliContext,
  command: Command,
  act: (opened: OpenMoose, face: Face) => Promise<void>,
): Promise<void> {
  const flags = flagsOf(command);
  const opened = await context.open(flags);
  try {
    await act(opened, context.face(flags.json));
  } finally {
    await opened.close();
  }
}
