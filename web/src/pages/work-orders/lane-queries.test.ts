import { expect, test } from 'vitest';
import { laneQueries, tableOf } from './lane-queries.ts';
import { isFiltered, listOf, toggled } from './search-filters.ts';

test('each lane queries its own work orders, and those that need a person appear in one lane only', () => {
  expect(laneQueries({ failure_class: 'timeout' })).toEqual([
    { lane: 'needs_you', needs_you: 'true', status: undefined },
    { lane: 'pending', needs_you: 'false', status: 'pending' },
    { lane: 'in_progress', needs_you: 'false', status: 'in_progress' },
    { lane: 'completed', needs_you: 'false', status: 'completed' },
    { lane: 'failed', needs_you: 'false', status: 'failed,cancelled' },
  ]);
});

test('a lane that must be empty is not queried', () => {
  const lanes = (search: Parameters<typeof laneQueries>[0]) => laneQueries(search).map(({ lane }) => lane);
  expect(lanes({ status: 'cancelled,pending' })).toEqual(['needs_you', 'pending', 'failed']);
  expect(laneQueries({ status: 'cancelled' }).at(-1)?.status).toBe('cancelled');
  expect(lanes({ needs_you: 'true', status: 'failed' })).toEqual(['needs_you']);
});

test('the table link of a lane shows the same work orders', () => {
  expect(tableOf('needs_you')).toEqual({ view: 'table', needs_you: 'true', status: undefined });
  expect(tableOf('failed')).toEqual({ view: 'table', needs_you: undefined, status: 'failed,cancelled' });
});

test('filter values are added and removed one by one', () => {
  expect(toggled(undefined, 'failed')).toBe('failed');
  expect(toggled('failed', 'pending')).toBe('failed,pending');
  expect(toggled('failed,pending', 'failed')).toBe('pending');
  expect(toggled('pending', 'pending')).toBeUndefined();
  expect(listOf('a,,b')).toEqual(['a', 'b']);
  expect(isFiltered({ view: 'table', sort: 'cost' })).toBe(false);
  expect(isFiltered({ q: 'x' })).toBe(true);
});
