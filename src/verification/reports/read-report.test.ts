import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readReport } from './read-report.ts';
import { surefireReport } from './reports.fixture.ts';

let root: string;
let folder: string;
let worktree: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'moose-reports-'));
  folder = join(root, 'folder');
  worktree = join(root, 'worktree');
  mkdirSync(folder);
  mkdirSync(worktree);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (output = '', startedAt = new Date(Date.now() - 1000)) =>
  readReport({ folder, worktree, output, startedAt });
const write = (name: string, ...lines: readonly object[]) =>
  writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const start = (runner: string) => ({ event: 'start', runner, cwd: worktree });
const passed = (file: string | null, ...name: readonly unknown[]) => ({
  event: 'test',
  file,
  name,
  result: 'passed',
  durationMs: 1,
  reason: null,
});
const end = { event: 'end' };

test('R-GREEN-3: the reports of all runners of a command are joined', async () => {
  write('a.jsonl', start('vitest'), passed(join(worktree, 'src/a.test.ts'), 'suite', 'test'), end);
  write('b.jsonl', start('pytest'), passed(join(worktree, 'b.py'), 'test_b'), end);
  const report = await read('ok  \texample.com/c\t(cached)\n');
  expect(report).toMatchObject({
    runner: 'vitest, pytest, go test',
    source: 'report',
    fromCache: 1,
    isComplete: true,
    counts: { passed: 3 },
  });
  expect(report?.tests.map(({ file, name }) => [file, name])).toEqual([
    ['src/a.test.ts', 'suite > test'],
    ['b.py', 'test_b'],
    [null, 'example.com/c'],
  ]);
});

test('R-GREEN-3: a runner that began and did not end is not complete', async () => {
  write('a.jsonl', start('mocha'), passed(null, 'a'));
  expect(await read()).toMatchObject({ runner: 'mocha', isComplete: false, counts: { passed: 1 } });
});

test('a runner that could not be watched is read from its output', async () => {
  write('a.jsonl', start('vitest'), { event: 'lost' });
  expect(await read('      Tests  2 passed (2)\n')).toMatchObject({
    source: 'output',
    counts: { passed: 2 },
  });
});

test('R-GREEN-3: results in the worktree count only if this run wrote them', async () => {
  const reports = join(worktree, 'module/target/surefire-reports');
  mkdirSync(reports, { recursive: true });
  const path = join(reports, 'TEST-a.ATest.xml');
  writeFileSync(path, surefireReport);
  const output = '[INFO] Tests run: 7, Failures: 1, Errors: 1, Skipped: 1\n';
  expect(await read(output)).toMatchObject({ runner: 'surefire', source: 'report', counts: { passed: 3 } });
  utimesSync(path, new Date(), new Date(Date.now() - 3_600_000));
  expect(await read(output)).toMatchObject({ source: 'output', tests: [], counts: { passed: 4, failed: 2 } });
});

test('R-GREEN-6: a result that comes from a cache is counted where no test is known', async () => {
  expect(await read("make: 'test' is up to date.\n")).toMatchObject({
    runner: 'make',
    fromCache: 1,
    tests: [],
  });
});

test('a command that runs no tests has no report', async () => {
  expect(await read('src/a.ts: error\n')).toBeNull();
});

test('links, pipes and folders in place of reports are not read', async () => {
  const secret = join(root, 'secret');
  writeFileSync(secret, `${JSON.stringify(start('x'))}\n`);
  symlinkSync(secret, join(folder, 'a.jsonl'));
  mkdirSync(join(folder, 'b.jsonl'));
  execFileSync('mkfifo', [join(folder, 'c.jsonl')]);
  expect(await read()).toBeNull();
});

test('what is written into a report is cleaned', async () => {
  write(
    'a.jsonl',
    start('x\u001b[31m\ny'),
    { ...passed('/etc/passwd', 'a\u001b[2J\u0007\nb', 7, null, '\u202ec'), reason: 'r'.repeat(10_000) },
    passed('../../etc/passwd', 'outside'),
    { event: 'test', name: 'no list', result: 'passed' },
    { event: 'test', name: ['unknown'], result: 'splendid' },
    passed(null, ...Array.from({ length: 1000 }, () => 'x'.repeat(1000))),
    end,
  );
  const report = await read();
  expect(report?.runner).toBe('x y');
  expect(report?.tests).toHaveLength(3);
  expect(report?.tests[0]).toEqual({
    file: null,
    name: 'a b > c',
    result: 'passed',
    durationMs: 1,
    reason: 'r'.repeat(500),
  });
  expect(report?.tests[1]?.file).toBeNull();
  expect(report?.tests[2]?.name.length).toBeLessThan(30_000);
});

test('broken lines, other values and a missing end of the last line do no harm', async () => {
  writeFileSync(
    join(folder, 'a.jsonl'),
    `{"event":"test"}\nnull\n[1]\n\u0000\n{"event":"start","runner":5}\n{"event":"test","name":[],"result":"failed"}\n{"event":"end"}`,
  );
  expect(await read()).toMatchObject({ runner: 'unknown', counts: { failed: 1 }, isComplete: false });
  rmSync(folder, { recursive: true });
  expect(await read()).toBeNull();
});

test('a report that is a link, or names no file, says nothing about files', async () => {
  writeFileSync(join(root, 'elsewhere'), `${JSON.stringify(start('vitest'))}\n`);
  symlinkSync(join(root, 'elsewhere'), join(folder, 'a.jsonl'));
  write('b.jsonl', start('pytest'), passed('file://%zz/%', 'test_b'), end);
  expect((await read())?.runner).toBe('pytest');
});

test('a worktree that is gone leaves the report readable', async () => {
  write('a.jsonl', start('pytest'), passed(join(worktree, 'b.py'), 'test_b'), end);
  rmSync(worktree, { recursive: true });
  expect((await read())?.tests).toMatchObject([{ file: 'b.py', name: 'test_b' }]);
});

test.each([
  ['node:test', 'ℹ tests 6\nℹ pass 4\nℹ fail 2\nℹ cancelled 0\n', 2],
  ['node:test', 'ℹ fail 2\nℹ tests 1\nℹ pass 1\nℹ fail 0\n', 0],
  ['vitest', '      Tests  2 failed | 3 passed (5)\n', 2],
  ['vitest', '      Tests  3 passed | 1 expected fail (4)\n', 0],
  ['jest', 'Tests:       1 failed, 2 passed, 3 total\n', 1],
  ['mocha', '  3 passing (4ms)\n  1 pending\n  2 failing\n', 2],
  ['pytest', '2 failed, 5 passed, 1 error in 0.05s\n', 3],
  ['pytest', '=== 5 passed, 1 xfailed in 0.05s ===\n', 0],
  ['unittest', 'Ran 3 tests in 0.001s\n\nFAILED (failures=1, errors=1)\n', 2],
  ['unittest', 'Ran 3 tests in 0.001s\n\nOK (expected failures=1)\n', 0],
])('R-GREEN-3: what %s prints last counts, whatever its report says: %#', async (runner, output, failed) => {
  write('a.jsonl', start(runner), passed('a', 'a'), end);
  expect((await read(output))?.counts).toMatchObject({ passed: 1, failed });
});
