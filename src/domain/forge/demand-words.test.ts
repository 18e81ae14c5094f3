import { expect, test } from 'vitest';
import { demandIn } from './demand-words.ts';

test.each([
  ['DCO', 'DCO\nCommit sha: 1234567, Author: Moose; The sign-off is missing.', 'sign-off'],
  [
    'commitlint',
    '✖   subject may not be empty [subject-empty]\n✖   type may not be empty [type-empty]',
    'commit message',
  ],
  ['ci', '✖   type may not be empty [type-empty]\n\n✖   found 1 problems, 0 warnings', 'commit message'],
  ['gitlint', '1: T1 Title exceeds max length', 'commit message'],
  ['semantic-pr', '##[error]No release type found in pull request title "Change it". Add a prefix.', 'title'],
  ['ci Lint PR title', '##[error]It is wrong.', 'title'],
  ['Require labels', 'Error: this needs one of: bug, feature', 'label'],
  ['ci', 'Label error. Requires at least 1 of: bug, label required: "type: fix"', 'label'],
  ['license/cla', 'Contributor License Agreement is not signed yet.', 'agreement'],
  ['PR description', 'The body is empty', 'description'],
  ['Linked issues', 'No issue is linked', 'link'],
])('what %s asks for is not for an agent: %j', (name, said, kind) => {
  expect(demandIn(name, said)).toMatchObject({ kind });
});

test.each([
  ['test', 'FAIL a.test: expected the commit message "x" to match, which must start with a verb'],
  ['build', 'error TS2304: Cannot find name label'],
  ['lint', 'src/a.ts: 3 problems'],
  ['unit', ' 1 failed\n ✗ pull request title must be short'],
  ['e2e', ''],
])('fear: %s is about the change, and a person is asked instead of the agent: %j', (name, said) => {
  expect(demandIn(name, said)).toBeNull();
});

test('what it said is one short line', () => {
  expect(demandIn('semantic-pr', '##[error]No release type found in pull request title "x".\nmore')).toEqual({
    kind: 'title',
    said: 'No release type found in pull request title "x".',
  });
});
