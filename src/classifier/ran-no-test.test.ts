import { expect, test } from 'vitest';
import { ranNoTest } from './ran-no-test.ts';

test.each([
  ['node --test', 'ℹ tests 0\nℹ suites 0\nℹ pass 0\nℹ fail 0'],
  ['node --test in TAP', 'TAP version 13\n1..0\n# tests 0\n# pass 0'],
  ['jest', 'No tests found, exiting with code 0'],
  ['vitest', '\u001b[1m RUN \u001b[22m v3\nNo test files found, exiting with code 0'],
  ['mocha', '\n\n  0 passing (1ms)\n'],
  ['cargo', 'running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored'],
  ['unittest', '\n----------------\nRan 0 tests in 0.000s\n\nOK'],
  ['unittest of Python 3.12', 'Ran 0 tests in 0.000s\n\nNO TESTS RAN'],
  ['pytest behind `|| true`', '============ no tests ran in 0.01s ============'],
  ['go', '?   \texample.org/a\t[no test files]\n?   \texample.org/b\t[no test files]'],
  ['go with a filter', 'ok  \texample.org/a\t0.002s [no tests to run]'],
  ['maven', '[INFO] Building\nTests run: 0, Failures: 0, Errors: 0, Skipped: 0'],
  ['surefire', '[INFO] No tests to run.'],
  ['gradle', '> Task :compileTestJava NO-SOURCE\n> Task :app:test NO-SOURCE\nBUILD SUCCESSFUL'],
  ['dotnet', 'No test is available in /w/a.dll. Make sure that test discoverer & executors are registered'],
  ['phpunit', 'No tests executed!'],
])('R-PROJ-6: a runner that passes without a test: %s', (_, output) => {
  expect(ranNoTest(output)).toBe(true);
});

test.each([
  ['nothing is said', ''],
  ['words of its own', 'all good\n'],
  ['node --test', 'ℹ tests 3\nℹ pass 3'],
  ['one package of several has none', '# tests 0\n# pass 0\n# tests 4\n# pass 4'],
  ['jest', 'Test Suites: 1 passed, 1 total\nTests:       3 passed, 3 total'],
  [
    'vitest beside a package without',
    'No test files found, exiting with code 0\n      Tests  12 passed (12)',
  ],
  ['mocha', '  10 passing (1ms)'],
  ['cargo with empty doc tests', 'running 2 tests\ntest a ... ok\n\n   Doc-tests x\n\nrunning 0 tests\n'],
  ['unittest', 'Ran 10 tests in 0.1s\n\nOK'],
  ['pytest', '===== 20 passed in 0.01s ====='],
  ['go', '?   \texample.org/a\t[no test files]\nok  \texample.org/b\t0.002s'],
  ['go, cached', '?   \texample.org/a\t[no test files]\nok  \texample.org/b\t(cached)'],
  ['maven', 'Tests run: 0, Failures: 0\nTests run: 12, Failures: 0'],
  ['gradle', '> Task :a:test NO-SOURCE\n> Task :b:test\nBUILD SUCCESSFUL'],
  ['TAP', '1..0 # skipped\n1..3\nok 1 - a'],
])('R-PROJ-6: a runner that has run tests, or does not report it: %s', (_, output) => {
  expect(ranNoTest(output)).toBe(false);
});
