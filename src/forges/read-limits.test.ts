import { expect, test } from 'vitest';
import { limitIn, pauseIn } from './read-limits.ts';

const now = new Date('2026-05-01T12:00:00Z');
const inS = (s: number) => String(now.getTime() / 1_000 + s);
const limit = (remaining: number, s = 600) => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': inS(s),
  'x-ratelimit-resource': 'core',
});
const answer = (status: number, message: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: Buffer.from(JSON.stringify({ message })),
  isCut: false,
});
const at = (s: number) => new Date(now.getTime() + s * 1_000);

test('R-SEN-7: what is left is read, but not of a purse for one kind of call, and not nonsense', () => {
  expect(limitIn(limit(4_000), now)).toEqual({ total: 5_000, remaining: 4_000, resetAt: at(600) });
  expect(limitIn({ ...limit(1), 'x-ratelimit-resource': 'graphql' }, now)).toBeNull();
  expect(limitIn({ ...limit(1), 'x-ratelimit-remaining': '-1' }, now)).toBeNull();
  expect(limitIn(limit(1, 1e9), now)).toBeNull();
  expect(limitIn({}, now)).toBeNull();
  expect(limitIn({ ...limit(0), 'x-ratelimit-reset': '90' }, now)?.resetAt).toEqual(at(90));
  expect(limitIn({ ...limit(0), 'x-ratelimit-reset': 'soon' }, now)).toBeNull();
});

test.each([
  [
    'a lack of rights is no limit',
    answer(403, 'Resource not accessible by integration', limit(4_000)),
    undefined,
  ],
  ['a limit that says when', answer(403, 'Wait', { 'retry-after': '30' }), at(30)],
  ['the purse is empty', answer(403, 'API rate limit exceeded', limit(0)), at(600)],
  [
    'a secondary limit does not say when',
    answer(403, 'You have exceeded a secondary rate limit', limit(4_000)),
    null,
  ],
  ['429 without a word', answer(429, ''), null],
  ['no limit', answer(200, 'rate limit'), undefined],
])('R-SEN-7: %s', (_, sent, until) => {
  expect(pauseIn(sent, now)?.until).toEqual(until);
});
