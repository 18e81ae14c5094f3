import { expect, test } from 'vitest';
import { notMergeable, stillComputing } from './pull-request-failures.ts';

test.each([
  ['This branch must not be out-of-date before merging. Update the branch to merge it.', true],
  ['Head branch is not up to date with the base branch', true],
  ['The head of the pull request is behind the base branch', true],
  ['need rebase', true],
  ['At least 1 approving review is required by reviewers with write access.', false],
  ['Required status check "build" is expected.', false],
  ['', false],
])('R-SEN-8: a forge that says %j is known to merge only what is up to date: %s', (said, isBehind) => {
  expect(notMergeable({ host: 'git.example.org' }, 7, said).metadata).toEqual({
    host: 'git.example.org',
    isBehind,
  });
});

test('R-SEN-8: a forge that has not decided whether it can merge is asked again', () => {
  expect(stillComputing({ host: 'git.example.org' }, 7)).toMatchObject({
    code: 'PULL_REQUEST_UNDECIDED',
    retryable: true,
    retryAfterMs: 30_000,
  });
});
