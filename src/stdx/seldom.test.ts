import { expect, test } from 'vitest';
import { seldom } from './seldom.ts';

test('fear: a failure that is met four times a second fills the disk with lines that say so', () => {
  const told: string[] = [];
  let nowMs = 0;
  const tell = seldom((what: Error) => told.push(what.message), { everyMs: 30_000, nowMs: () => nowMs });
  for (; nowMs < 60_000; nowMs += 250) tell(new Error('full'));
  expect(told).toEqual(['full', 'full']);
  // What is new is told at once.
  tell(new Error('away'));
  tell(new Error('full'));
  expect(told).toEqual(['full', 'full', 'away', 'full']);
});
