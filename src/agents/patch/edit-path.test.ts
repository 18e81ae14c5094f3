import { expect, test } from 'vitest';
import { editPathLimits, refuseEditPath } from './edit-path.ts';

const strict = { allowCiChanges: false };

test.each([
  'src/index.ts',
  '.gitignore',
  '.gitattributes',
  '.github/CODEOWNERS',
  'docs/.github/workflows/template.yml',
  'git/hooks.ts',
  'a..b/c...d',
  'mit leerzeichen/ümlaut.txt',
  'git~/x',
  'x.git',
  '.circleci.md',
])('an ordinary path is taken: %s', (path) => {
  expect(refuseEditPath(path, strict)).toBeNull();
});

test.each([
  ['', 'empty'],
  ['/etc/passwd', 'absolute'],
  ['C:/x', 'absolute'],
  ['c:x', 'absolute'],
  ['../x', '`..`'],
  ['a/../../x', '`..`'],
  ['a/./b', '`.`'],
  ['.', '`.`'],
  ['a//b', 'empty segment'],
  ['a/', 'empty segment'],
  ['a\0b', 'control character'],
  ['a\nb', 'control character'],
  ['a\\..\\b', 'backslash'],
  ['..\\x', 'backslash'],
  ['a\ud800', 'well-formed'],
  ['x'.repeat(editPathLimits.segmentBytesMax + 1), 'longer than'],
  ['ab/'.repeat(editPathLimits.charsMax), 'longer than'],
])('R-SEC-2: a path that is none, or leads out, is refused: %j', (path, reason) => {
  expect(refuseEditPath(path, strict)).toContain(reason);
});

test.each([
  '.git',
  '.git/config',
  '.GIT/hooks/pre-commit',
  '.Git/x',
  'sub/.git/config',
  '.git /config',
  '.git./config',
  '.git. . /config',
  '.git::$INDEX_ALLOCATION/config',
  'git~1/config',
  'sub/GIT~1',
  '.g\u200cit/config',
  '\ufeff.git/config',
])('R-SEC-2: `.git` is refused however it is spelled: %j', (path) => {
  expect(refuseEditPath(path, { allowCiChanges: true })).toContain('git');
});

test.each([
  '.github/workflows/ci.yml',
  '.GitHub/Workflows/ci.yml',
  '.github/workflows',
  '.gitlab-ci.yml',
  '.circleci/config.yml',
  '.husky/pre-commit',
  'packages/a/.husky/pre-push',
  '.moose/config.yml',
])(
  'R-SEC-2: a file that configures CI, hooks, git-lfs or Moose is refused unless the project allows it: %s',
  (path) => {
    expect(refuseEditPath(path, strict)).toContain('configures CI, hooks, git-lfs or Moose');
    expect(refuseEditPath(path, { allowCiChanges: true })).toBeNull();
  },
);
