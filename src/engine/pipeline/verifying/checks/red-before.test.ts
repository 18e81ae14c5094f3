import { expect, test } from 'vitest';
import type { SeenFailure } from '../../../../domain/work-order/seen-failure.ts';
import { asksFor, blameFor, isOfTheMachine } from './red-before.ts';

const seen = (over: Partial<SeenFailure> = {}): SeenFailure => ({
  failureClass: 'test_fail',
  rule: 'x',
  file: null,
  errorCode: null,
  testNames: [],
  lack: null,
  ...over,
});

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
  expect(blameFor({ ...base, file: 'b.ts' }, base, false)).toMatchObject({ is: 'new' });
  expect(blameFor({ ...base, failureClass: 'compile_error' }, base, false)).toMatchObject({ is: 'new' });
  // If the base does not compile, its test failures are unknown.
  expect(
    blameFor(seen({ testNames: ['one'] }), seen({ failureClass: 'compile_error' }), false),
  ).toMatchObject({
    is: 'new',
  });
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
