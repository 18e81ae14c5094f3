import { expect, test } from 'vitest';
import type { RunSettings } from '../../../domain/work-order/work-order.ts';
import { looksFor, stillAway, waitedMsOf } from '../../run/step-history.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const run = (settings: RunSettings, cycle = 0) => ({ settings, cycle });

test('R-GO-9: the time between the looks of a step is its wait', () => {
  expect(waitedMsOf(run({}), 'creating_pr', at(0))).toBe(0);
  const first = stillAway(run({ models: ['light'] }), 'creating_pr', 'DISK_FULL', at(0));
  expect(first.models).toEqual(['light']);
  const second = stillAway(run(first), 'creating_pr', 'DISK_FULL', at(10));
  expect(waitedMsOf(run(second), 'creating_pr', at(25))).toBe(25_000);
  expect(looksFor(run(second), 'creating_pr', 'DISK_FULL')).toBe(2);
  expect(looksFor(run(second), 'creating_pr', 'REMOTE_UNREACHABLE')).toBe(0);
  expect(looksFor(run(second), 'verifying', 'DISK_FULL')).toBe(0);
});

test('R-GO-9: time in which Moose did not look, another step and another cycle do not count', () => {
  const first = stillAway(run({}), 'creating_pr', 'DISK_FULL', at(0));
  const afterNight = stillAway(run(first), 'creating_pr', 'DISK_FULL', at(8 * 3_600));
  expect(waitedMsOf(run(afterNight), 'creating_pr', at(8 * 3_600))).toBe(300_000);
  expect(waitedMsOf(run(first), 'verifying', at(10))).toBe(0);
  expect(waitedMsOf(run(first, 1), 'creating_pr', at(10))).toBe(0);
  // A clock that was set back takes nothing away.
  expect(waitedMsOf(run(afterNight), 'creating_pr', at(0))).toBe(300_000);
});
