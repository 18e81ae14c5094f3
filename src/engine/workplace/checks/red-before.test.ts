import { expect, test } from 'vitest';
import { seenIn } from '../../../classifier/lack.ts';
import type { CheckResult } from '../../../domain/work-order/check.ts';
import type { SeenFailure } from '../../../domain/work-order/seen-failure.ts';
import { asksFor, blameFor, isOfTheMachine } from './red-before.ts';

const seen = (over: Partial<SeenFailure> = {}): SeenFailure => ({
  failureClass: 'test_fail',
  rule: 'x',
  file: null,
  errorCode: null,
  testNames: [],
  reported: { lines: [], count: 0 },
  lack: null,
  ...over,
});

/** What a check showed that printed this in the folder of its run. */
const ran = (kind: CheckResult['kind'], folder: string, ...lines: string[]) =>
  seenIn(
    {
      kind,
      command: kind === 'test' ? 'npm test' : 'npm run check',
      passed: false,
      exitCode: 1,
      signal: null,
      stoppedBecause: null,
      durationMs: 1,
      outputTail: lines.join('\n'),
    },
    folder,
  );

test('R-PROJ-6: failures with the same names on the base are nobody’s fault; an additional one is the change’s', () => {
  const base = seen({ testNames: ['one', 'two'] });
  expect(blameFor(seen({ testNames: ['two'] }), base, false)).toEqual({
    is: 'red before',
    failures: ['two'],
  });
  expect(blameFor(seen({ testNames: ['two', 'three'] }), base, false)).toEqual({
    is: 'new',
    fresh: ['three'],
    before: ['two'],
  });
});

test('R-PROJ-6: a check that passes on the base, or whose result there is unknown, is blamed on the change', () => {
  for (const base of [null, undefined]) expect(blameFor(seen(), base, false)).toMatchObject({ is: 'new' });
});

test('R-PROJ-6: without names, the same class at the same place is the same failure', () => {
  const base = seen({ failureClass: 'lint_error', file: 'a.ts', errorCode: 'no-var' });
  expect(blameFor(base, base, false)).toMatchObject({ is: 'red before' });
  expect(blameFor({ ...base, failureClass: 'compile_error' }, base, false)).toMatchObject({ is: 'new' });
  // If the base does not compile, its test failures are unknown.
  expect(
    blameFor(seen({ testNames: ['one'] }), seen({ failureClass: 'compile_error' }), false),
  ).toMatchObject({
    is: 'new',
  });
});

const missing = "src/a.ts(3,7): error TS2304: Cannot find name 'left'.";
const eslint = (...findings: string[]) => ['/w/1/src/a.ts', ...findings, `✖ ${findings.length} problems`];

test.each<[string, CheckResult['kind'], string[], string[]]>([
  [
    'another compile error of the same code in the same file',
    'typecheck',
    [missing],
    [missing, "src/a.ts(9,7): error TS2304: Cannot find name 'right'."],
  ],
  ['the same message twice', 'typecheck', [missing], [missing, missing.replace('3,7', '30,7')]],
  [
    'an error in another file, after the first',
    'build',
    ['src/a.rs:3:7: error[E0425]: cannot find value `left`'],
    [
      'src/a.rs:3:7: error[E0425]: cannot find value `left`',
      'src/b.rs:3:7: error[E0425]: cannot find value `left`',
    ],
  ],
  [
    'another finding of the same rule',
    'lint',
    eslint("  3:7  error  'left' is never used  no-unused-vars"),
    eslint(
      "  3:7  error  'left' is never used  no-unused-vars",
      "  9:7  error  'right' is never used  no-unused-vars",
    ),
  ],
  ['another file that is not formatted', 'lint', ['src/a.go'], ['src/a.go', 'src/b.go']],
  [
    'a message with another number',
    'typecheck',
    ['src/a.ts(3,7): error TS2554: Expected 2 arguments, but got 3.'],
    ['src/a.ts(3,7): error TS2554: Expected 2 arguments, but got 4.'],
  ],
  [
    'a file of tests that cannot be loaded',
    'test',
    [
      ' FAIL  src/a.test.ts > adds',
      ' Test Files  1 failed | 3 passed (4)',
      '      Tests  1 failed | 9 passed',
    ],
    [
      ' FAIL  src/a.test.ts > adds',
      ' FAIL  src/b.test.ts [ src/b.test.ts ]',
      ' Test Files  2 failed | 3 passed (5)',
      '      Tests  1 failed | 9 passed',
    ],
  ],
])('R-PROJ-6: fear: %s counts as red before', (_, kind, before, after) => {
  expect(blameFor(ran(kind, '/w/1', ...after), ran(kind, '/w/1', ...before), false).is).toBe('new');
});

test.each<[string, CheckResult['kind'], string[], string[]]>([
  ['a line that moved', 'typecheck', [missing], [missing.replace('3,7', '41,9')]],
  [
    'the folder, the time, the process and the surrounding code of another run',
    'build',
    [
      '2026-11-30T10:00:00.123Z [411234] building /w/1',
      '/w/1/src/a.ts:3:7 - error TS2304: Cannot find name left',
      '  3 | const a = left;',
      'npm error A complete log of this run can be found in: logs/npm/2026-11-30T10_00_00_123Z-debug-0.log',
      'Found 1 error in 1.2s',
    ],
    [
      '2026-11-30T11:11:11.456Z [59] building /w/1',
      '/w/1/src/a.ts:41:7 - error TS2304: Cannot find name left',
      '  41 | const a = left; // said by the change',
      'npm error A complete log of this run can be found in: logs/npm/2026-11-30T11_11_11_456Z-debug-0.log',
      'Found 1 error in 900 ms',
    ],
  ],
  [
    'one failure fewer',
    'lint',
    eslint(
      "  3:7  error  'left' is never used  no-unused-vars",
      "  9:7  error  'right' is never used  no-unused-vars",
    ),
    eslint("  9:7  error  'right' is never used  no-unused-vars"),
  ],
  ['what passes beside it', 'build', ['✓ a', missing], ['✓ a', '✓ reads what is missing', missing]],
])('R-PROJ-6: %s is the same failure as before', (_, kind, before, after) => {
  expect(blameFor(ran(kind, '/w/1', ...after), ran(kind, '/w/1', ...before), false).is).toBe('red before');
});

test('R-PROJ-6: failures beyond the names that are kept are not taken for those of the base', () => {
  const names = Array.from({ length: 50 }, (_, index) => `test ${index}`);
  const base = seen({ testNames: names, reported: { lines: [], count: 60 } });
  expect(blameFor(base, base, false).is).toBe('red before');
  expect(blameFor({ ...base, reported: { lines: [], count: 61 } }, base, false).is).toBe('new');
});

test('R-PROJ-6: a check that states the purpose of the change is blamed on it, whether it failed before or not', () => {
  expect(blameFor(seen(), seen(), true)).toMatchObject({ is: 'new' });
});

test('R-PROJ-7: the machine is to blame for what the base also lacks, the change for what it added itself', () => {
  const lack = { kind: 'package', name: 'requests' } as const;
  expect(isOfTheMachine(lack, seen({ lack }), true)).toBe(true);
  expect(isOfTheMachine(lack, null, false)).toBe(false);
  expect(isOfTheMachine(lack, seen({ lack: { ...lack, name: 'flask' } }), false)).toBe(false);
  expect(isOfTheMachine(lack, undefined, true)).toBe(false);
  expect(isOfTheMachine(lack, undefined, false)).toBe(true);
});

test.each([
  ['Fix the failing test in the cart', true],
  ['Make the build pass again', true],
  ['The test "sums up the cart" is red', true],
  ['Add a greeting', false],
  ['Add a page for the settings', false],
])('R-PROJ-6: whether a work order asks to fix the failing check: %s', (title, isAsked) => {
  expect(asksFor(title, 'npm test', { file: 'src/cart.test.ts', testNames: ['sums up the cart'] })).toBe(
    isAsked,
  );
});
