import { expect, test } from 'vitest';
import { plainMarkdown } from './plain-markdown.ts';

test.each([
  ['on vm\\: lower settings\\.limits\\.machine\\_slots', 'on vm: lower settings.limits.machine_slots'],
  ['`CHECK_FAILED`: `2 of 3 tests failed`', 'CHECK_FAILED: 2 of 3 tests failed'],
  ['`` `npm test` failed ``', '`npm test` failed'],
  ['Run `moose retry ID --from generating`.', 'Run `moose retry ID --from generating`.'],
  ['`a\\_b` stays, a\\_b does not', 'a\\_b stays, a_b does not'],
  ['mail to \\@\u200cada, fixes\u200c \\#1', 'mail to @ada, fixes #1'],
  ['a ` alone', 'a ` alone'],
  ['## First cause', '## First cause'],
])('a terminal shows %j as a person reads it', (markdown, text) => {
  expect(plainMarkdown(markdown)).toBe(text);
});
