import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';

const main = new URL('../../main.ts', import.meta.url).pathname;
const source = new URL('./closed-output.ts', import.meta.url).href;

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-output-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function start(program: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(program, args, { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('fear: a reader gets the first 64 KiB of a long output, and exit code 0', async () => {
  const file = join(scratch(), 'completion.fish');
  const toFile = spawn(process.execPath, [main, 'completion', 'fish'], {
    stdio: ['ignore', openSync(file, 'w'), 'inherit'],
  });
  const piped = start(process.execPath, [main, 'completion', 'fish']);
  const ended = once(piped, 'exit');
  // Node discards what nobody reads when a process has ended.
  const shown = text(piped.stdout);
  await once(toFile, 'exit');
  const whole = readFileSync(file, 'utf8');
  expect(whole.length).toBeGreaterThan(64 * 1024);
  expect(await shown).toBe(whole);
  expect(await ended).toEqual([0, null]);
});

const writing = `
  import { writeFileSync } from 'node:fs';
  import { finishOutput, neverWaitForTerminal, outliveOutput } from ${JSON.stringify(source)};
  outliveOutput(() => undefined);
  neverWaitForTerminal();
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  for (let line = 1; line <= 20_000; line += 1) process.stdout.write('line ' + line + '\\n');
  process.stderr.write('the end\\n');
  writeFileSync(process.argv[1], String(process.pid));
  await finishOutput(stop.signal);
  process.exit(7);
`;
const writingArgs = (file: string) => ['--input-type=module', '-e', writing, file];

test('fear: a terminal is paused with Ctrl-S, and the work stops with it', async () => {
  const file = join(scratch(), 'written');
  const quoted = [process.execPath, ...writingArgs(file)].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  // Nobody reads what `script` shows, so nobody reads its terminal.
  const terminal = start('script', ['-qec', quoted.join(' '), '/dev/null']);
  const ended = once(terminal, 'exit');
  await expect.poll(() => existsSync(file)).toBe(true);
  expect(terminal.exitCode).toBe(null);
  const shown = await text(terminal.stdout);
  expect(shown.replaceAll('\r', '').split('\n').slice(0, 20_000)).toHaveLength(20_000);
  expect(shown).toContain('line 20000\r\n');
  expect(await ended).toEqual([7, null]);
});

test('a command that was told to stop ends, although nobody reads its output', async () => {
  const file = join(scratch(), 'written');
  const child = start(process.execPath, writingArgs(file));
  const ended = once(child, 'exit');
  await expect.poll(() => existsSync(file)).toBe(true);
  expect(child.exitCode).toBe(null);
  child.kill('SIGTERM');
  expect(await ended).toEqual([7, null]);
});

test('a command whose reader has ended ends', async () => {
  const child = start(process.execPath, writingArgs(join(scratch(), 'written')));
  const ended = once(child, 'exit');
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await ended).toEqual([7, null]);
});
