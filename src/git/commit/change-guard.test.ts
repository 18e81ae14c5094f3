import { join, normalize } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forbiddenChange, type GuardedChange } from './change-guard.ts';

const strict = { allowCiChanges: false };

function file(path: string): GuardedChange {
  return { path, oldMode: '000000', newMode: '100644' };
}

function link(path: string, linkTarget: string): GuardedChange {
  return { path, oldMode: '000000', newMode: '120000', linkTarget, linkLeadsTo: null };
}

test.each([
  '.github/workflows/ci.yml',
  '.github/actions/x/action.yml',
  '.GitHub/Workflows/ci.yml',
  '.gitlab-ci.yml',
  '.circleci/config.yml',
  '.husky/pre-commit',
  'web/.husky/pre-commit',
  '.githooks/pre-push',
  'hooks/pre-commit',
  'tools/hooks/post-merge',
  'lefthook.yml',
  'Jenkinsfile',
  'ci/Jenkinsfile.release',
  '.gitea/workflows/a.yaml',
  '.Forgejo/actions/x/action.yml',
  '.woodpecker/build.yaml',
  'azure-pipelines.yml',
  '.pre-commit-config.yaml',
  '.moose/config.yml',
  '.Moose/other',
  '.moose',
])('R-SEC-2: %s is changed, or deleted, only where the project allows it', (path) => {
  expect(forbiddenChange(file(path), strict)).toMatchObject({ path });
  expect(forbiddenChange({ path, oldMode: '100644', newMode: '000000' }, strict)).toMatchObject({ path });
  expect(forbiddenChange(file(path), { allowCiChanges: true })).toBe(null);
});

test.each([
  'src/hooks/use-a.ts',
  'hooks/useB.ts',
  'hooks/update.ts',
  'docs/workflows/a.yml',
  '.github/CODEOWNERS',
  '.gitignore',
  '.gitattributes',
  'src/.github.ts',
  'git/config',
])('%s is a file like any other', (path) => {
  expect(forbiddenChange(file(path), strict)).toBe(null);
});

test.each([
  '.git/config',
  '.GIT/config',
  'a/.Git/hooks/x',
  'git~1/x',
  'GIT~1',
  '.git./x',
  '.git /x',
  '.git::$INDEX_ALLOCATION/x',
  '.g\u200cit/config',
])('R-SEC-2: %j is git’s own directory for some file system', (path) => {
  expect(forbiddenChange(file(path), { allowCiChanges: true })).toMatchObject({ path });
});

test.each([
  ['link', '/etc/passwd'],
  ['link', '../outside'],
  ['a/b/link', '../../../outside'],
  ['link', 'inside/../../outside'],
  ['link', 'loop/../..'],
  ['link', '..'],
  ['link', '../..'],
  ['link', 'C:\\Windows'],
  ['link', '..\\outside'],
  ['link', '.git/config'],
  ['.gitattributes', 'README.md'],
  ['.gitmodules', 'README.md'],
])('R-SEC-2: the symbolic link %s -> %s is refused', (path, target) => {
  expect(forbiddenChange(link(path, target), strict)).toMatchObject({ path });
});

test.each([
  ['link', 'README.md'],
  ['a/link', '../README.md'],
  ['a/b/link', '../../x/./y'],
  ['link', '.'],
  ['a/link', '..'],
])('the symbolic link %s -> %s stays inside', (path, target) => {
  expect(forbiddenChange(link(path, target), strict)).toBe(null);
});

test('R-SEC-2: the real target of a link on this machine counts too', () => {
  expect(forbiddenChange({ ...link('a', 'b/c'), linkLeadsTo: '../../etc/c' }, strict)).toMatchObject({
    path: 'a',
  });
  expect(forbiddenChange({ ...link('a', 'b/c'), linkLeadsTo: 'd/c' }, strict)).toBe(null);
});

const name = fc.constantFrom('a', 'b', '..', '.', '');

test('R-SEC-2: no accepted link leads out of the worktree', () => {
  fc.assert(
    fc.property(fc.nat(3), fc.array(name, { maxLength: 8 }), (depth, names) => {
      const directory = Array.from({ length: depth }, () => 'd').join('/');
      const target = names.join('/');
      if (forbiddenChange(link(join(directory, 'link'), target), strict) !== null) return;
      expect(normalize(join(directory, target)).startsWith('..')).toBe(false);
      expect(target.startsWith('/')).toBe(false);
    }),
  );
});

test('a submodule may be moved, but none may be added', () => {
  expect(forbiddenChange({ path: 'sub', oldMode: '160000', newMode: '160000' }, strict)).toBe(null);
  expect(forbiddenChange({ path: 'sub', oldMode: '000000', newMode: '160000' }, strict)).toMatchObject({
    path: 'sub',
  });
});
