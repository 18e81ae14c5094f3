import { expect, test } from 'vitest';
import { seldom } from './seldom.ts';

test('fear: a failure that repeats four times a second fills the disk with log lines', () => {
  const told: string[] = [];
  let nowMs = 0;
  const tell = seldom((what: Error) => told.push(what.message), { everyMs: 30_000, nowMs: () => nowMs });
  for (; nowMs < 60_000; nowMs += 250) tell(new Error('full'));
  expect(told).toEqual(['full', 'full']);
  // A new message is reported immediately.
  tell(new Error('away'));
  tell(new Error('full'));
  expect(told).toEqual(['full', 'full', 'away', 'full']);
});
