import { expect, test } from 'vitest';
import { counted } from './counted.ts';

test.each([
  [0, 'cycle', undefined, '0 cycles'],
  [1, 'cycle', undefined, '1 cycle'],
  [2, 'more cycle', undefined, '2 more cycles'],
  [1, 'query', 'queries', '1 query'],
  [3, 'query', 'queries', '3 queries'],
])('%i of %s (%s) is said as %s', (count, one, many, said) => {
  expect(counted(count, one, many)).toBe(said);
});
