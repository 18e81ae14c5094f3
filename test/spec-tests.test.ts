import { expect, test } from 'vitest';
import { specRows } from '../scripts/spec-tests.ts';

test('every row of the contract is named by a test, or is said not to be there yet', () => {
  const rows = specRows();
  expect(rows.length).toBeGreaterThan(150);
  expect(rows.filter(({ tests, isMissing }) => tests.length === 0 && !isMissing)).toEqual([]);
  // What is there now is no longer said to be missing.
  expect(rows.filter(({ tests, isMissing }) => tests.length > 0 && isMissing)).toEqual([]);
});
