import { expect, test } from 'vitest';
import { classifyFailure } from './classify-failure.ts';
import type { FailureCase } from './failure-case.ts';

const at = new Date('2026-10-21T07:28:00Z');
const later = 'Wed, 21 Oct 2026 07:28:45 GMT';
const printed = (stderr: string, given: FailureCase = {}): FailureCase => ({
  component: 'agent',
  command: 'claude -p x',
  exitCode: 1,
  stderr: `API Error: 429 Too Many Requests\n${stderr}\n`,
  ...given,
});
const answered = (httpHeaders: Record<string, string>, given: FailureCase = {}): FailureCase => ({
  httpStatus: 429,
  httpHeaders,
  ...given,
});

test.each<[string, FailureCase, number | undefined]>([
  ['seconds', answered({ 'Retry-After': '17' }), 17],
  ['milliseconds', answered({ 'retry-after-ms': '1500', 'retry-after': '2' }), 1.5],
  ['more than a day', answered({ 'retry-after': '172800' }), 172_800],
  ['a date', answered({ 'retry-after': later }, { at }), 45],
  [
    'a date beside that of the answer, whose clock counts',
    answered({ 'retry-after': later, date: 'Wed, 21 Oct 2026 07:28:15 GMT' }, { at }),
    30,
  ],
  ['a date without a clock', answered({ 'retry-after': later }), undefined],
  ['a date in the past', answered({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, { at }), 0],
  ['nonsense', answered({ 'retry-after': 'tomorrow' }, { at }), undefined],
  [
    'a limit that is used up',
    answered(
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(at.getTime() / 1_000 + 90) },
      { at },
    ),
    90,
  ],
  [
    'a limit that is not used up',
    answered({ 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '90' }, { at }),
    undefined,
  ],
  ['a printed date', printed(`< retry-after: ${later}`, { at }), 45],
  [
    'the headers of an answer, as lines',
    printed(`HTTP/1.1 429\r\nDate: Wed, 21 Oct 2026 07:28:05 GMT\r\nRetry-After: ${later}\r\n`),
    40,
  ],
  [
    'the headers of an answer, as an object of JavaScript',
    printed(`  headers: {\n    'retry-after': '${later}',\n    date: 'Wed, 21 Oct 2026 07:28:05 GMT',\n  }`),
    40,
  ],
  [
    'the headers of an answer, as JSON',
    printed(`{"headers":{"date":"Wed, 21 Oct 2026 07:28:05 GMT","retry-after":"${later}"}}`),
    40,
  ],
  [
    'the headers of an answer, as Go prints them',
    printed(`map[Date:[Wed, 21 Oct 2026 07:28:05 GMT] Retry-After:[${later}]]`),
    40,
  ],
  ['a printed limit', printed('x-ratelimit-remaining-requests: 0\nx-ratelimit-reset-requests: 6m0s'), 360],
  ['minutes and seconds', printed('Rate limit reached. Please try again in 1m30s.'), 90],
  ['minutes and seconds in words', printed('Try again in 2 minutes and 5 seconds.'), 125],
  ['hours', printed('Your limit resets in 3h 20m'), 12_000],
  ['a fraction of a second', printed('Please try again in 7.66s. Visit us.'), 7.66],
  ['milliseconds in words', printed('Please try again in 250ms.'), 0.25],
  ['seconds in words', printed('Please wait 30 seconds before the next request'), 30],
  ['a duration of something else', printed('The request took 90 seconds'), undefined],
  ['a date of something else', printed(`date: ${later}`, { at }), undefined],
  ['the date of a commit', printed('Date:   Wed Oct 21 07:28:45 2026 +0000', { at }), undefined],
])('R-FAIL-4: how long the other side asks to wait is read from %s', (_, failure, waitS) => {
  expect(classifyFailure(failure).context.retryAfterS).toBe(waitS);
});
