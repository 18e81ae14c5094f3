import { expect, test } from 'vitest';
import { assertFilters } from './project-filters.ts';

test('the name of a filter is a word that git can take', () => {
  expect(() => assertFilters(['lfs', 'git-crypt'])).not.toThrow();
  expect(() => assertFilters(['lfs', 'a b'])).toThrow(
    expect.objectContaining({ code: 'FILTER_NAME_INVALID' }),
  );
});
