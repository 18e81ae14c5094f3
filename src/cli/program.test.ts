import { expect, onTestFinished, test, vi } from 'vitest';
import type { CliContext } from './context.ts';
import { runProgram } from './program.ts';
import { createPrinter } from './terminal/printer.ts';

const context = {
  version: '9.9.9',
  signal: new AbortController().signal,
  printer: createPrinter,
} as unknown as CliContext;

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[name], 'write').mockImplementation((text) => {
      texts[name] += String(text);
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  return { exitCode: await runProgram(context, argv), ...texts };
}

const wrong: string[][] = [
  ['nonsense'],
  ['run'],
  ['run', 'A title', '--nonsense'],
  ['up', '--port', 'abc'],
  ['ls', '--limit', 'abc'],
  ['ls', '--limit', '0'],
  ['ls', '--status', 'nonsense'],
  ['audit', '--lines', '1e9'],
  ['errors', '--limit', '-1'],
  ['circuits', '--reset'],
  ['config', 'nonsense'],
  ['project', 'delete', 'shop'],
  ['run', 'A title', '--repo', ''],
  ['run', 'A title', '--agent', 'patch', '--agent', ''],
  ['restore', 'backup.tar.gz', '--force', '--data', ''],
  ['project', 'add', ''],
  ['run', 'A title', '--needs-approval', '--wait'],
  ['reconcile', '--plan', '--repair', '0123abcd'],
  ['reconcile', '--repair', '0123abcd', '--leave', '0123abcd'],
  [],
];

test.each(wrong.map((argv) => [argv]))(
  'R-UI-7: with --json, a usage error is JSON, with exit code 2: %j',
  async (argv) => {
    const { exitCode, stdout, stderr } = await run(...argv, '--json');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'USAGE',
        message: expect.stringMatching(/^\S.*\S$/),
        advice: expect.stringContaining('moose --help'),
      },
    });
  },
);

test.each([[['run', '-v fails']], [['run', '--', '-v fails', '--limit', '2']]])(
  'R-UI-7: for a title that begins with a dash, the error says where to put it: %j',
  async (argv) => {
    const { exitCode, stderr } = await run(...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('moose run --limit 2 -- "-v fails"');
  },
);

test('R-UI-7: an unknown subcommand is named, with what was meant', async () => {
  expect((await run('project', 'sho', 'shop')).stderr).toContain("no command 'sho': did you mean show");
  expect((await run('tokens', 'delete', '0123')).stderr).toContain('it has ls, create, revoke');
});

test.each(wrong.map((argv) => [argv]))(
  'without --json, a usage error is text, with the same exit code: %j',
  async (argv) => {
    const { exitCode, stdout, stderr } = await run(...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--help');
  },
);

test('R-UI-7: with --json, all of stdout is JSON, including help and version', async () => {
  for (const argv of [['--version'], ['--help'], ['run', '--help']]) {
    const { exitCode, stdout, stderr } = await run(...argv, '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ text: expect.any(String) });
  }
});

test('a command that says that it lists something does so without a subcommand', async () => {
  for (const name of ['agents', 'forge', 'invites', 'machine', 'project', 'schedule', 'spec', 'tokens']) {
    const { exitCode, stdout } = await run(name);
    // This context can open no Moose: what matters is that the list was asked for, and the help not printed.
    expect([name, exitCode, stdout]).toEqual([name, 1, '']);
  }
});

test('the list of commands is grouped, and fits into 80 columns without the options of each', async () => {
  const { stdout } = await run('--help');
  const lines = stdout.split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines).toContain('Getting started:');
  expect(lines).toContain('Questions:');
  expect(stdout).toMatch(/^ {2}run +submit a work order$/m);
  expect(stdout).not.toContain('Commands:');
});

test('help does not show an empty list as a default', async () => {
  for (const argv of [['run'], ['schedule', 'add'], ['replay']])
    expect((await run(...argv, '--help')).stdout).not.toContain('[])');
});

test.each([
  { argv: ['show'], hint: 'moose show --help' },
  { argv: ['ls', '--limit', 'abc'], hint: 'moose ls --help' },
  { argv: ['project', 'set'], hint: 'moose project set --help' },
  { argv: ['run'], hint: 'moose run --help' },
])('a usage error names the help of its own command: $hint', async ({ argv, hint }) => {
  expect((await run(...argv)).stderr).toContain(hint);
});
