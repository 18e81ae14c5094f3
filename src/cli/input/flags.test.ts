import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CliContext, OpenMoose } from '../context.ts';
import { type Flags, flagsOf, withMoose } from './flags.ts';

/** Parses these arguments with a subcommand, like `moose ls`, and returns the flags that it sees. */
async function parse(...args: string[]): Promise<Flags | undefined> {
  let seen: Flags | undefined;
  const program = new Command('moose').option('--json').option('--data <dir>').exitOverride();
  program.command('ls').action((_, command: Command) => {
    seen = flagsOf(command);
  });
  await program.parseAsync(args, { from: 'user' });
  return seen;
}

test('--json and --data work before and after the command', async () => {
  expect(await parse('ls')).toEqual({ json: false });
  expect(await parse('--json', 'ls')).toEqual({ json: true });
  expect(await parse('--data', '/a', '--json', 'ls')).toEqual({ json: true, data: '/a' });
});

test('a command closes what it opened, even if it fails', async () => {
  const calls: string[] = [];
  const opened = { close: async () => void calls.push('closed') } as unknown as OpenMoose;
  const context = {
    open: async () => opened,
    printer: (isJson: boolean) => ({ isJson }),
  } as unknown as CliContext;
  const command = new Command('ls');
  await withMoose(context, command, async () => void calls.push('acted'));
  const failing = withMoose(context, command, () => Promise.reject(new RangeError('no')));
  await expect(failing).rejects.toThrow(RangeError);
  expect(calls).toEqual(['acted', 'closed', 'closed']);
});
