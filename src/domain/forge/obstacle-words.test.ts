import { expect, test } from 'vitest';
import { obstacleIn } from './obstacle-words.ts';

test.each([
  [
    'billing',
    'The job was not started because recent account payments have failed or your spending limit needs to be increased.',
  ],
  ['billing', 'The job was not started because your account is locked due to a billing issue.'],
  ['billing', 'ci_quota_exceeded'],
  ['billing', 'Your project has run out of compute: no more CI/CD minutes'],
  ['runner lost', 'The self-hosted runner: box-3 lost communication with the server.'],
  [
    'runner lost',
    'The runner has received a shutdown signal. This can happen when the runner service is stopped.',
  ],
  ['runner lost', 'The hosted runner encountered an error while running your job.'],
  ['runner lost', 'runner_system_failure'],
  ['no runner', 'The job was not acquired by Runner of type hosted even after multiple attempts'],
  ['no runner', 'No runner matching the specified labels was found: gpu'],
  ['no runner', 'stuck_or_timeout_failure'],
  ['approval', 'This workflow requires approval from a maintainer.'],
  ['approval', 'Waiting for approval of the environment production'],
])('R-SEN-6: %s: %s', (kind, said) => {
  expect(obstacleIn(`Something else.\n${said}\n`)).toMatchObject({
    kind,
    said: expect.stringContaining(said),
  });
});

test.each([
  'Process completed with exit code 1.',
  'AssertionError: expected the payment to fail',
  'test runner failed: 3 tests failed',
  'quota test failed',
  'The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 360 minutes.',
])('R-SEN-6: a failure of the change: %s', (said) => {
  expect(obstacleIn(said)).toBeNull();
});
