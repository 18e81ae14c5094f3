// What `.ci/run` makes of the two rings of the tests: programs read its exit code and its last line.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endQuickly } from '../src/git/quick-start.fixture.ts';

const script = join(import.meta.dirname, '..', '.ci', 'run');

/** A ring of the tests in shell: what it leaves as counts, and its exit code. */
interface FakeRing {
  counts?: string;
  code?: number;
  failure?: string;
}

/** Runs `.ci/run` with programs that only do as if. */
async function runWith(first: FakeRing, second: FakeRing, check = 0) {
  const folder = await mkdtemp(join(tmpdir(), 'moose-ci-run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  for (const path of [bin, join(folder, '.ci')]) await mkdir(path);
  await copyFile(script, join(folder, '.ci/run'));
  const ring = ({ counts, code = 0, failure }: FakeRing) =>
    [
      counts === undefined ? '' : `echo '${counts}' >>"$MOOSE_TEST_COUNTS";`,
      failure === undefined ? '' : `echo '${failure}' >>"$MOOSE_TEST_FAILURES";`,
      `exit ${code}`,
    ].join(' ');
  const npm = `case "$1 $2" in
    'run check') echo '99 passed, 9 failed, 9 skipped' >>"\${MOOSE_TEST_COUNTS:-/dev/null}"; exit ${check};;
    'test --') echo 'first ring'; ${ring(first)};;
    'run test:second') echo 'second ring'; ${ring(second)};;
  esac`;
  const programs = { npm, npx: 'exit 0' };
  const tools = ['git', 'node', 'chromium', 'promtool', 'go', 'gcc', 'python3'];
  for (const name of tools) Object.assign(programs, { [name]: 'exit 0' });
  for (const [name, code] of Object.entries(programs))
    await writeFile(join(bin, name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
  const { stdout, status } = endQuickly('bash', [join(folder, '.ci/run')], {
    env: { PATH: `${bin}:/usr/bin:/bin`, TMPDIR: folder },
  });
  const lines = stdout.trimEnd().split('\n');
  const rings = lines.filter((line) => / ring$/.test(line));
  const named = lines.indexOf('==> failed tests');
  return { rings, status, last: lines.at(-1), failed: named === -1 ? [] : lines.slice(named + 1, -1) };
}

const both = ['first ring', 'second ring'];

test('the last line has the counts of both rings, and not those of the check', async () => {
  const first = { counts: '12 passed, 0 failed, 1 skipped' };
  const second = { counts: '300 passed, 0 failed, 20 skipped' };
  expect(await runWith(first, second)).toEqual({
    rings: both,
    status: 0,
    last: 'Tests: 312 passed, 0 failed, 21 skipped',
    failed: [],
  });
});

test('fear: a failure of the first ring is forgotten, or hides those of the second one', async () => {
  const first = { counts: '12 passed, 2 failed, 0 skipped', code: 1, failure: 'a.test.ts > one' };
  const second = { counts: '5 passed, 1 failed, 0 skipped', code: 1, failure: 'b.test.ts' };
  expect(await runWith(first, second)).toEqual({
    rings: both,
    status: 1,
    last: 'Tests: 17 passed, 3 failed, 0 skipped',
    failed: ['a.test.ts > one', 'b.test.ts'],
  });
  expect(await runWith(first, { counts: '5 passed, 0 failed, 0 skipped' })).toMatchObject({ status: 1 });
});

test('fear: a ring that ends before its first test is a success', async () => {
  const good = { counts: '5 passed, 0 failed, 0 skipped' };
  for (const code of [0, 1]) {
    const run = await runWith(good, { code });
    expect(run).toMatchObject({ rings: both, status: 1, last: 'Tests: 5 passed, 1 failed, 0 skipped' });
  }
  // All tests passed, but the run as a whole did not.
  expect(await runWith(good, { ...good, code: 1 })).toMatchObject({ status: 1 });
});

test('fear: nothing but skipped tests is a success', async () => {
  const skipped = { counts: '0 passed, 0 failed, 7 skipped' };
  expect(await runWith(skipped, skipped)).toMatchObject({
    status: 1,
    last: 'Tests: 0 passed, 0 failed, 14 skipped',
  });
});

test('if the check fails no test runs, and the last line says so', async () => {
  const good = { counts: '5 passed, 0 failed, 0 skipped' };
  expect(await runWith(good, good, 1)).toEqual({
    rings: [],
    status: 1,
    last: 'Tests: 0 passed, 0 failed, 0 skipped',
    failed: [],
  });
});
