import { expect, test } from 'vitest';
import { PermanentError } from '../../domain/failure.ts';
import { fingerprint, messageShape } from './fingerprint.ts';

const failure = (message: string, code = 'CHECK_FAILED') =>
  new PermanentError({ code, component: 'pipeline', operation: 'verifying', message });

test.each([
  ['numbers', 'Took 12 s of 300', 'Took 12345678 s of 9'],
  [
    'ids',
    'Run 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b failed',
    'Run 0190ffff-0000-7000-8000-000000000001 failed',
  ],
  [
    'commits',
    'Commit 9fceb02d0ae598e95dc970b74767f19372d61af8 is gone',
    'Commit 1234567890123456789012345678901234567890 is gone',
  ],
  ['paths', 'Cannot read /tmp/moose-a1/x/y.ts', 'Cannot read /srv/deadbeef/z.ts'],
  ['paths with ids in them', 'In /data/worktrees/7de82582/src is no file', 'In /data/w/src is no file'],
])('R-FAIL-6: failures that differ by %s alone are one group', (_, one, other) => {
  expect(fingerprint(failure(one))).toBe(fingerprint(failure(other)));
});

test.each([
  ['their words', failure('The check test failed'), failure('The check lint failed')],
  ['their code', failure('It failed', 'A'), failure('It failed', 'B')],
])('R-FAIL-6: failures that differ by %s are two groups', (_, one, other) => {
  expect(fingerprint(one)).not.toBe(fingerprint(other));
});

test('R-FAIL-6: the shape of a message is what is left of it when everything that differs is gone', () => {
  expect(messageShape('Cannot read /srv/a/b.ts after 12 s of 0190a1b2-c3d4-7e5f')).toBe(
    'Cannot read /… after # s of #',
  );
});
