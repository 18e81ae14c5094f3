import { expect, test } from 'vitest';
import { startFailure } from './start-failure.ts';

const evidence = { command: 'git status', exitCode: null, signal: null, stdoutTail: null, stderrTail: null };

test.each([
  ['EMFILE', 'TOO_MANY_FILES', 'transient'],
  ['ENFILE', 'TOO_MANY_FILES', 'transient'],
  ['EAGAIN', 'GIT_NOT_STARTED', 'transient'],
  ['ENOENT', 'GIT_MISSING', 'configuration'],
  ['EACCES', 'REPOSITORY_CLOSED', 'configuration'],
  ['ENOTDIR', 'REPOSITORY_NOT_FOUND', 'configuration'],
])('R-FAIL-2: a git that cannot be started (%s) is %s', (code, named, category) => {
  const error = Object.assign(new Error('spawn git'), { code });
  const failed = { operation: 'git status', cwd: '/srv/a', evidence: { ...evidence, durationMs: 1 } };
  expect(startFailure(error, failed)).toMatchObject({ code: named, category });
});

test('R-FAIL-2: a git that may not be executed, in a folder that is open, is missing', () => {
  const error = Object.assign(new Error('spawn git'), { code: 'EACCES' });
  const failed = { operation: 'git status', cwd: '/', evidence: { ...evidence, durationMs: 1 } };
  expect(startFailure(error, failed)).toMatchObject({ code: 'GIT_MISSING' });
});
