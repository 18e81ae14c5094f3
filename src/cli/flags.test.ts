import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CliContext, OpenMoose } from './context.ts';
import { type Flags, flagsOf, withMoose } from './flags.ts';

/** A program with a command below it, as `moose ls` is, and the flags that the command gets to see. */
async function parse(...args: string[]): Promise<Flags | undefined> {
  let seen: Flags | undefined;
  const program = new Command('moose').option('--json').option('--data <dir>').exitOverride();
  program.command('ls').action((_, command: Command) => {
    seen = flagsOf(command);
  });
  await program.parseAsync(args, { from: 'user' });
  return seen;
}

test('--json and --data hold wherever they stand', async () => {
  expect(await parse('ls')).toEqual({ json: false });
  expect(await parse('--json', 'ls')).toEqual({ json: true });
  expect(await parse('--data', '/a', '--json', 'ls')).toEqual({ json: true, data: '/a' });
});

test('what a command opened is closed, also when the command fails', async () => {
  const calls: string[] = [];
  const opened = { close: async () => void calls.push('closed') } as unknown as OpenMoose;
  const context = {
    open: async () => opened,
    face: (isJson: boolean) => ({ isJson }),
  } as unknown as CliContext;
  const command = new Command('ls');
  await withMoose(context, command, async () => void calls.push('acted'));
  const failing = withMoose(context, command, () => Promise.reject(new RangeError('no')));
  await expect(failing).rejects.toThrow(RangeError);
  expect(calls).toEqual(['acted', 'closed', 'closed']);
});
