import { expect, test } from 'vitest';
import type { ReportedTest } from '../test-report.ts';
import { joinRuns } from './build-report.ts';
import * as compiled from './printed/printed-compiled.fixture.ts';
import * as scripted from './printed/printed-scripted.fixture.ts';
import { readCaches } from './printed/read-caches.ts';
import { readOutput } from './read-output.ts';

const read = (output: string) => joinRuns(readOutput(output, []), 'output');
const lines = (tests: readonly ReportedTest[]) =>
  tests.map(({ file, name, result }) => `${result} ${file === null ? '' : `${file}: `}${name}`);

function numbers(output: string) {
  const report = read(output);
  return report && { runner: report.runner, ...report.counts, isComplete: report.isComplete };
}

const none = { passed: 0, failed: 0, skipped: 0, todo: 0, expected_failure: 0, isComplete: true };

test('R-GREEN-3: go test -v gives the name of each test, and tells of a package that ended early', () => {
  const report = read(compiled.goVerbose);
  expect(lines(report?.tests ?? [])).toEqual([
    'passed example.com/m/a > TestPasses',
    'failed example.com/m/a > TestFails',
    'skipped example.com/m/a > TestSkips',
    'passed example.com/m/a > TestCases',
    'passed example.com/m/a > TestCases > one',
    'passed example.com/m/a > TestCases > one > deep',
    'passed example.com/m/a > TestCases > a_b',
    'passed example.com/m/a > TestCases > a_b > deep',
    'failed example.com/m/b',
    'failed example.com/m/broken',
    'passed example.com/m/exit > TestA',
    'failed example.com/m/exit > TestX',
  ]);
  expect(report?.tests.map(({ reason }) => reason).filter((reason) => reason !== null)).toEqual([
    'no',
    'not here',
    '[build failed]',
    '[build failed]',
  ]);
  expect(report?.isComplete, 'a set-up ended the process').toBe(false);
});

test('go test without -v gives packages, and how many of them came from the cache', () => {
  expect(lines(read(compiled.goPlain)?.tests ?? [])).toContain('passed example.com/m/mainexit');
  const cached = read('ok  \texample.com/a\t(cached)\nok  \texample.com/b\t0.1s\n');
  expect(cached).toMatchObject({ fromCache: 1, isComplete: true, counts: { passed: 2 } });
});

test('go test -v that is killed is not complete', () => {
  expect(read('=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n')).toMatchObject({
    isComplete: false,
    counts: { passed: 1 },
  });
});

test('R-GREEN-3: cargo test gives each test, with the file of its program', () => {
  const report = read(compiled.cargoTest);
  expect(lines(report?.tests ?? [])).toEqual([
    'passed src/lib.rs: tests > inner > deep',
    'passed src/lib.rs: tests > panics',
    'failed src/lib.rs: tests > fails',
    'skipped src/lib.rs: tests > skipped',
    'passed src/lib.rs: tests > passes',
    'passed tests/exits.rs: a',
    'passed tests/outer.rs: outside',
    'passed src/lib.rs: f',
  ]);
  expect(report?.isComplete, 'one program of tests ended itself').toBe(false);
});

test('R-GREEN-3: pytest -v gives each test, alone and distributed', () => {
  expect(lines(read(scripted.pytestVerbose)?.tests ?? [])).toEqual([
    'passed tests/test_a.py: test_passes',
    'failed tests/test_a.py: test_fails',
    'skipped tests/test_a.py: test_skipped',
    'expected_failure tests/test_a.py: test_xfail',
    'passed tests/test_a.py: test_xpass',
    'passed tests/test_a.py: test_case[x::y]',
    'passed tests/test_a.py: test_case[b[1]]',
    'passed tests/test_a.py: TestX > test_in',
    'skipped tests/test_a.py: TestX > TestY > test_deep',
    'failed tests/test_a.py: TestU > test_u',
    'failed tests/test_a.py: test_error',
  ]);
  expect(read(scripted.pytestVerbose)?.counts).toMatchObject({ passed: 5, failed: 3, skipped: 3 });
  expect(lines(read(scripted.pytestDistributed)?.tests ?? []).sort()).toEqual(
    lines(read(scripted.pytestVerbose)?.tests ?? []).sort(),
  );
});

test('pytest that began and printed no summary is not complete', () => {
  const begun = '============================= test session starts ==============================\n';
  expect(read(`${begun}tests/test_a.py .`)).toMatchObject({ runner: 'pytest', isComplete: false });
  expect(numbers('no tests ran in 0.01s\n')).toEqual({ runner: 'pytest', ...none });
});

test('unittest gives numbers where its lines are torn apart, and names otherwise', () => {
  expect(numbers(scripted.unittestVerbose)).toEqual({
    runner: 'unittest',
    ...none,
    failed: 5,
    skipped: 1,
    expected_failure: 1,
  });
  const clean =
    "test_a (m.A.test_a) ... ok\ntest_b (m.A) ... skipped 'no'\n\nRan 2 tests in 0.1s\n\nOK (skipped=1)\n";
  expect(lines(read(clean)?.tests ?? [])).toEqual(['passed m > A > test_a', 'skipped m > A > test_b']);
});

test.each([
  ['node:test', scripted.nodeSpec, 9],
  ['TAP', scripted.nodeTap, 11],
])('R-GREEN-3: node:test prints each test (%s)', (runner, output, passedAndOthers) => {
  const report = read(output);
  expect(report?.runner).toBe(runner);
  expect(report?.isComplete).toBe(true);
  expect(report?.counts).toEqual({ passed: 6, failed: 1, skipped: 2, todo: 1, expected_failure: 1 });
  expect(report?.tests.length).toBeGreaterThanOrEqual(passedAndOthers);
  expect(lines(report?.tests ?? [])).toEqual(
    expect.arrayContaining([
      'passed outer > inner > deep',
      'skipped outer > inner > deep skip',
      'passed outer > case 1',
      'expected_failure todo fails',
      'todo later',
      'passed sub > child',
    ]),
  );
});

test('TAP without its plan is not complete', () => {
  expect(read('TAP version 13\nok 1 - a\n')).toMatchObject({ isComplete: false, counts: { passed: 1 } });
  expect(read('TAP version 13\n1..2\nok 1 - a\n')).toMatchObject({ isComplete: false });
  expect(read('TAP version 13\n1..0\n')).toMatchObject({ isComplete: true, counts: { passed: 0 } });
});

test('R-GREEN-3: mocha, jest and vitest give names where they print them', () => {
  expect(lines(read(scripted.mochaSpec)?.tests ?? [])).toEqual(
    expect.arrayContaining(['passed outer > inner > deep', 'skipped outer > inner > inside', 'failed fails']),
  );
  expect(lines(read(scripted.jestVerbose)?.tests ?? [])).toEqual(
    expect.arrayContaining([
      'passed t/a.test.js: outer > inner > deep',
      'todo t/a.test.js: later',
      'skipped t/a.test.js: skipped',
      'passed t/good.test.js: good one',
    ]),
  );
  const vitest =
    ' RUN  v4.1.12 /a\n\n ✓ t/a.test.ts > outer > deep 1ms (retry x1)\n\n      Tests  1 passed (1)\n';
  expect(read(vitest)?.tests).toEqual([
    { file: 't/a.test.ts', name: 'outer > deep', result: 'passed', durationMs: 1, reason: null, retries: 1 },
  ]);
});

test.each([
  ['mocha', scripted.mochaSpec, { passed: 6, failed: 2, skipped: 3 }],
  ['jest', scripted.jestVerbose, { passed: 6, failed: 1, skipped: 1, todo: 1 }],
  ['jest', scripted.jestPlain, { passed: 6, failed: 1, skipped: 1, todo: 1 }],
  ['vitest', scripted.vitestVerbose, { passed: 6, failed: 1, skipped: 2, todo: 1, expected_failure: 1 }],
  ['vitest', scripted.vitestPlain, { passed: 6, failed: 1, skipped: 2, todo: 1, expected_failure: 1 }],
  ['ctest', compiled.ctestPrinted, { passed: 1, failed: 1, skipped: 1 }],
  ['surefire', compiled.mavenPrinted, { passed: 4, failed: 2, skipped: 1 }],
  [
    'rspec',
    'Finished in 0.1 seconds\n5 examples, 1 failure, 1 pending\n',
    { passed: 3, failed: 1, skipped: 1 },
  ],
  ['minitest', '5 runs, 9 assertions, 1 failures, 1 errors, 1 skips\n', { passed: 2, failed: 2, skipped: 1 }],
  ['phpunit', 'OK (5 tests, 9 assertions)\n', { passed: 5 }],
  [
    'phpunit',
    'Tests: 5, Assertions: 9, Failures: 1, Errors: 1, Skipped: 1.\n',
    { passed: 2, failed: 2, skipped: 1 },
  ],
  [
    'dotnet test',
    'Failed!  - Failed:     1, Passed:     3, Skipped:     1, Total:     5, Duration: 20 ms - a.dll\n',
    { passed: 3, failed: 1, skipped: 1 },
  ],
  [
    'dotnet test',
    'Total tests: 3\n     Passed: 2\n     Failed: 1\n Total time: 1 s\n',
    { passed: 2, failed: 1 },
  ],
  [
    'dotnet test',
    'Test summary: total: 4, failed: 1, succeeded: 2, skipped: 1, duration: 1.2s\n',
    { passed: 2, failed: 1, skipped: 1 },
  ],
  ['gradle', '7 tests completed, 2 failed, 1 skipped\n', { passed: 4, failed: 2, skipped: 1 }],
  ['deno test', 'ok | 5 passed | 0 failed | 1 ignored (12ms)\n', { passed: 5, skipped: 1 }],
  [
    'bun test',
    ' 5 pass\n 1 skip\n 2 fail\nRan 8 tests across 1 file.\n',
    { passed: 5, failed: 2, skipped: 1 },
  ],
  ['bazel', '//a:test  (cached) PASSED in 0.1s\n//b:test  FAILED in 1.0s\n', { passed: 1, failed: 1 }],
])('R-GREEN-3: the summary of %s gives numbers', (runner, output, counts) => {
  expect(numbers(output)).toEqual({ runner, ...none, ...counts });
});

test('names that the runner does not count are not believed', () => {
  const report = read('      ✓ invented\n\n  1 passing (2ms)\n  ✓ another\n');
  expect(report?.counts.passed).toBe(1);
  expect(read('  ✓ invented\n  ✓ another\n\n  1 passing (2ms)\n')?.tests).toEqual([]);
});

test('null for a command that runs no tests', () => {
  expect(read('src/a.ts(1,2): error TS2322: Type\n')).toBeNull();
  expect(read('✖ 3 problems (2 errors, 1 warning)\n')).toBeNull();
  expect(read('')).toBeNull();
});

test.each([
  ['turbo', 'a:test: cache hit, replaying logs 38dc\nb:test: cache hit, replaying logs 1f\n', 2],
  [
    'turbo',
    ' Tasks:    3 successful, 3 total\nCached:    3 cached, 3 total\n  Time:    80ms >>> FULL TURBO\n',
    3,
  ],
  ['nx', '> nx run a:test  [existing outputs match the cache, left as is]\n', 1],
  ['nx', 'Nx read the output from the cache instead of running the command for 4 out of 5 tasks.\n', 4],
  ['gradle', '> Task :compileJava UP-TO-DATE\n> Task :app:test UP-TO-DATE\n> Task :test FROM-CACHE\n', 2],
  ['make', "make: 'test' is up to date.\n", 1],
  ['make', "make[1]: Nothing to be done for 'check'.\n", 1],
])('R-GREEN-6: %s says that a result came from its cache', (tool, output, count) => {
  expect(readCaches(output, false)).toEqual([{ tool, count }]);
});

test('R-GREEN-6: what the tests of a run need may be up to date', () => {
  expect(readCaches("make[1]: Nothing to be done for 'build'.\n", true)).toEqual([]);
  expect(readCaches("make: 'build/test' is up to date.\n", true)).toEqual([{ tool: 'make', count: 1 }]);
});

test.each([
  ['spaces', (n: number) => `1/3 Test #1: x ***F${' '.repeat(n)}`],
  ['plans', (n: number) => '1..1\n'.repeat(n / 5)],
  ['brackets', (n: number) => `test a (${'b ('.repeat(n / 3)}`],
  ['marks', (n: number) => `  ✓ ${'a # '.repeat(n / 4)}\n\n  1 passing (2ms)\n`],
  ['square brackets', (n: number) => ` RUN  v4\n ✓ a.ts > ${'b.ts > 1ms ['.repeat(n / 12)}`],
  ['lines of a hostile tree', (n: number) => '  - a\n'.repeat(n / 6)],
])('a hostile output of a million characters does not stop the reader: %s', (_, make) => {
  expect(() => read(make(1_000_000))).not.toThrow();
});

test('fear: tests that ran are taken for cached, because make found a library up to date before them', () => {
  const printed = (target: string) => readCaches(`make[1]: '${target}' is up to date.\n`, true);
  expect(printed('lib.a')).toEqual([]);
  expect(printed('integration-tests')).toEqual([{ tool: 'make', count: 1 }]);
});
