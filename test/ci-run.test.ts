// What `.ci/run` and `.ci/all` make of their steps and of the tests: programs read their exit code and their last line.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endQuickly } from '../src/git/quick-start.fixture.ts';

const folder = join(import.meta.dirname, '..', '.ci');

/** Tests in shell: what they leave as counts, what they print, and their exit code. */
interface FakeTests {
  counts?: string;
  code?: number;
  prints?: string;
}

const good: FakeTests = { counts: '12 passed, 0 failed, 1 skipped' };

interface Given {
  first?: FakeTests;
  second?: FakeTests;
  /** The exit code of `npm run check`. */
  check?: number;
  /** What the tests do in place of ending. */
  instead?: string;
}

/** Runs a script with programs that only do as if. */
async function runWith(
  script: 'run' | 'all',
  { first = good, second = good, check = 0, instead }: Given = {},
) {
  const scratch = await mkdtemp(join(tmpdir(), 'moose-ci-run-'));
  onTestFinished(() => rm(scratch, { recursive: true, force: true }));
  const bin = join(scratch, 'bin');
  for (const path of [bin, join(scratch, '.ci')]) await mkdir(path);
  for (const name of ['run', 'all', 'steps.bash'])
    await copyFile(join(folder, name), join(scratch, '.ci', name));
  const tests = ({ counts, code = 0, prints = '' }: FakeTests) =>
    [
      counts === undefined ? '' : `echo '${counts}' >>"$MOOSE_TEST_COUNTS";`,
      `echo '${prints}'; ${instead ?? ''}`,
      `exit ${code}`,
    ].join(' ');
  const npm = `case "$*" in
    'run check') echo 'said by the check'; echo '99 passed, 9 failed, 9 skipped' >>"$MOOSE_TEST_COUNTS"; exit ${check};;
    '--silent test') ${tests(first)};;
    'run --silent test:second') ${tests(second)};;
    *) echo 'said by npm';;
  esac`;
  const done = 'exit 0';
  const programs = { npm, npx: done, git: done, node: done, python3: done, 'apt-get': done };
  for (const name of (await toolsOf()).split('\n')) Object.assign(programs, { [name]: done });
  for (const [name, code] of Object.entries(programs))
    await writeFile(join(bin, name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
  const { stdout, status } = endQuickly('bash', [join(scratch, '.ci', script)], {
    env: { PATH: `${bin}:/usr/bin:/bin`, TMPDIR: scratch },
  });
  return { stdout, status, last: stdout.trimEnd().split('\n').at(-1) };
}

/** The commands that `.ci/all` looks for. */
async function toolsOf(): Promise<string> {
  const list = `source <(sed -n '/^tools=(/,/^)/p' "$1"); printf '%s\\n' "\${tools[@]%%:*}"`;
  return endQuickly('bash', ['-c', list, 'bash', join(folder, 'all')]).stdout.trim();
}

test('R-HOUSE-2: a green run prints a few lines, and the last one has the counts of the tests alone', async () => {
  const { stdout, status, last } = await runWith('run');
  expect({ status, last }).toEqual({ status: 0, last: 'Tests: 12 passed, 0 failed' });
  expect(stdout).not.toContain('said by');
  expect(stdout.match(/passed/g)).toHaveLength(1);
  expect(stdout.split('\n').length).toBeLessThan(12);
});

test('R-HOUSE-2: a failed test makes the run red, and its failure is printed', async () => {
  const first = { counts: '12 passed, 2 failed, 0 skipped', code: 1, prints: 'expected 1 to be 2' };
  const run = await runWith('run', { first });
  expect(run).toMatchObject({ status: 1, last: 'Tests: 12 passed, 2 failed' });
  expect(run.stdout).toContain('expected 1 to be 2');
  // Whatever its exit code says.
  expect(await runWith('run', { first: { ...first, code: 0 } })).toMatchObject({ status: 1 });
});

test('a failed check is printed whole and counts as a failure; the tests run all the same', async () => {
  const run = await runWith('run', { check: 3 });
  expect(run).toMatchObject({ status: 1, last: 'Tests: 12 passed, 1 failed' });
  expect(run.stdout).toContain('==> check: npm run check\nsaid by the check\n');
  expect(run.stdout).toContain('Failed: check\n');
});

test('fear: tests that end before the first of them are a success', async () => {
  for (const code of [0, 1]) {
    const run = await runWith('run', { first: { code } });
    expect(run).toMatchObject({ status: 1, last: 'Tests: 0 passed, 1 failed' });
  }
  // All tests passed, but the run as a whole did not.
  const run = await runWith('run', { first: { ...good, code: 1 } });
  expect(run).toMatchObject({ status: 1, last: 'Tests: 12 passed, 1 failed' });
});

test('fear: nothing but skipped tests is a success', async () => {
  const run = await runWith('run', { first: { counts: '0 passed, 0 failed, 7 skipped' } });
  expect(run).toMatchObject({ status: 1, last: 'Tests: 0 passed, 1 failed' });
});

test('fear: a run that somebody ended is a success', async () => {
  const run = await runWith('run', { instead: 'kill -TERM $PPID;' });
  expect(run).toMatchObject({ last: 'Tests: 12 passed, 1 failed' });
  expect(run.status).not.toBe(0);
});

test('the run of everything adds up both rings, and says how many tests were skipped', async () => {
  const second = { counts: '300 passed, 0 failed, 20 skipped' };
  expect(await runWith('all', { second })).toMatchObject({
    status: 0,
    last: 'Tests: 312 passed, 0 failed, 21 skipped',
  });
});

test('fear: a failure of the first ring is forgotten, or hides those of the second one', async () => {
  const first = { counts: '12 passed, 2 failed, 0 skipped', code: 1 };
  const second = { counts: '5 passed, 1 failed, 0 skipped', code: 1 };
  const both = { status: 1, last: 'Tests: 17 passed, 3 failed, 0 skipped' };
  expect(await runWith('all', { first, second })).toMatchObject(both);
  const half = { status: 1, last: 'Tests: 24 passed, 2 failed, 1 skipped' };
  expect(await runWith('all', { first })).toMatchObject(half);
});
