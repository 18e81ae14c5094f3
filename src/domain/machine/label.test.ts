import { expect, test } from 'vitest';
import { missingLabels, neededLabels, problemOfLabels } from './label.ts';

test('a label has a key and a value, of letters, digits and a few signs', () => {
  for (const label of ['gpu=yes', 'a=1', 'example.com/zone=eu-1', `k=${'v'.repeat(63)}`])
    expect(problemOfLabels([label])).toBeUndefined();
  for (const label of ['gpu', '=yes', 'gpu=', 'a b=c', '-a=b', 'a=b=c', 'a=b\n', `k=${'v'.repeat(64)}`])
    expect(problemOfLabels([label])).toContain('KEY=VALUE');
  expect(problemOfLabels(Array.from({ length: 21 }, (_, n) => `a=${n}`))).toContain('20');
});

test('R-DIST-3: the label of a work order replaces that of its project with the same key, and the others stay', () => {
  expect(neededLabels()).toEqual([]);
  expect(neededLabels(['zone=eu', 'gpu=yes'], ['zone=us', 'disk=ssd'])).toEqual([
    'disk=ssd',
    'gpu=yes',
    'zone=us',
  ]);
});

test('R-DIST-3: a machine lacks what it does not have, also if it has another value', () => {
  expect(missingLabels(['gpu=yes', 'zone=eu'], ['gpu=no', 'zone=eu', 'zone=us'])).toEqual(['gpu=yes']);
  expect(missingLabels([], ['gpu=yes'])).toEqual([]);
});
