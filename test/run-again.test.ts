// `npm run test:again`: what several runs of the same tests say together.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redLines, redTests } from '../scripts/test-again/red-tests.ts';
import { endQuickly } from '../src/git/quick-start.fixture.ts';

const script = join(import.meta.dirname, '..', 'scripts', 'run-again.ts');

test('each test that was red once is named with its different messages, the most often red first', () => {
  const run = (...red: Array<[string, string]>) => ({
    passed: 5,
    seconds: 1,
    red: red.map(([name, message]) => ({ name, message })),
  });
  const reports = [
    run(['a.test.ts > one', 'expected 1']),
    run(['b.test.ts', 'no such file'], ['a.test.ts > one', 'expected 1']),
    run(['a.test.ts > one', 'expected 2']),
    run(),
  ];
  expect(redLines(redTests(reports), 4)).toEqual([
    '',
    'Red in 3 of 4 runs: a.test.ts > one',
    '    expected 1',
    '    expected 2',
    '',
    'Red in 1 of 4 runs: b.test.ts',
    '    no such file',
  ]);
  expect(redLines(redTests([run(), run()]), 2)).toEqual(['No test was red in 2 runs.']);
});

test('fear: tests that could not even start count as green', () => {
  const { stdout, status } = endQuickly(process.execPath, [
    script,
    '1',
    'test/absent.test.ts',
    '--busy',
    '1',
  ]);
  expect(stdout).toMatch(/^Run 1 of 1: 0 tests green, 1 red, \d+ s\n/);
  expect(stdout).toContain('Red in 1 of 1 runs: the run as a whole');
  expect(status).toBe(1);
});

test.each([[[]], [['x']], [['0']], [['3', '--ring', 'third']], [['3', '--busy', '9999']], [['3', '--bsy']]])(
  'wrong usage is refused with the right one: %j',
  (words) => {
    const { stderr, status } = endQuickly(process.execPath, [script, ...words]);
    expect(stderr).toContain('Usage: npm run test:again -- TIMES');
    expect(status).toBe(2);
  },
);
