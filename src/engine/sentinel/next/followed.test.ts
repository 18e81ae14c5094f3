import { expect, test } from 'vitest';
import { noChecksSince, readFollowed } from './followed.ts';

const now = new Date('2026-03-10T12:00:00.000Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const minute = 60_000;
const before = (sha: string) => readFollowed({ noChecksSince: { sha, at: ago(4 * minute).toISOString() } });

test.each([
  ['looked at in time', 'one', 30_000, 1, 4 * minute],
  ['not looked at during a pause of the host', 'one', 10 * minute, 1, 0],
  ['rarely looked at, as it is quiet', 'one', 110_000, 9, 4 * minute],
  ['another commit', 'two', 30_000, 1, 0],
] as const)(
  'fear: a pause counts as time without checks: %s',
  (_, sha, lookedMsAgo, looksUnchanged, since) => {
    const row = { lookedAt: ago(lookedMsAgo), looksUnchanged, updatedAt: ago(5 * minute) };
    expect(noChecksSince(before('one'), row, { sha, now })).toEqual({ sha, at: ago(since).toISOString() });
  },
);

test('the first look at a commit begins the watch', () => {
  const row = { lookedAt: null, looksUnchanged: 0, updatedAt: now };
  expect(noChecksSince(readFollowed({}), row, { sha: 'one', now }).at).toBe(now.toISOString());
});
