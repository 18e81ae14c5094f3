import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runQuickly } from '../quick-start.fixture.ts';
import { assertBranchName, branchName } from './branch-name.ts';

test.each([
  ['Add a login page', 'moose/ab12-add-a-login-page'],
  ['Ünïcödé & Straße', 'moose/ab12-unicode-stra-e'],
  ['🎉🎉🎉', 'moose/ab12'],
  ['...', 'moose/ab12'],
  ['@{-1}', 'moose/ab12-1'],
  ['..//..lock.lock', 'moose/ab12-lock-lock'],
  ['--upload-pack=evil', 'moose/ab12-upload-pack-evil'],
  ['', 'moose/ab12'],
])('%s becomes %s', (title, expected) => {
  expect(branchName('ab12', title)).toBe(expected);
});

test('an invalid short ID is refused', () => {
  expect(() => branchName('../x', 'a')).toThrow(expect.objectContaining({ code: 'BRANCH_NAME_INVALID' }));
});

/** Which of the names git accepts. It is started for each of them, by a shell: that takes a tenth of the time. */
function acceptedByGit(names: readonly string[]): readonly boolean[] {
  const script =
    'for name; do if git check-ref-format "refs/heads/$name"; then echo true; else echo false; fi; done';
  return runQuickly('sh', ['-c', script, 'sh', ...names])
    .trim()
    .split('\n')
    .map((line) => line === 'true');
}

test('R-SEC-2: whatever the title, git accepts the branch name, and it is not an option', () => {
  fc.assert(
    fc.property(manyOf(fc.string({ unit: 'binary', maxLength: 200 })), (titles) => {
      const names = titles.map((title) => branchName('0f3a9c21', title));
      for (const name of names) {
        assertBranchName(name);
        expect(name).toMatch(/^moose\/0f3a9c21(-[a-z0-9-]{1,40})?$/);
      }
      expect(acceptedByGit(names)).toEqual(names.map(() => true));
    }),
    { numRuns: 1 },
  );
});

/** A run checks many with one process. */
function manyOf<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: 150, maxLength: 150, size: 'max' });
}

const nasty = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    '.',
    '..',
    '/',
    '@',
    '{',
    '@{',
    '-',
    '.lock',
    '~',
    '^',
    ':',
    '?',
    '*',
    '[',
    '\\',
    ' ',
    '\t',
    '\u007f',
    'é',
    '🎉',
    'HEAD',
  ),
  maxLength: 6,
});

test('R-SEC-2: a name is accepted exactly when git accepts it, except options and names with a special meaning to git', () => {
  fc.assert(
    fc.property(manyOf(nasty), (names) => {
      const byGit = acceptedByGit(names);
      const isOursToRefuse = (name: string) => name.startsWith('-') || name === 'HEAD' || name === '@';
      const expected = names.map((name, at) => [name, byGit[at] && !isOursToRefuse(name)]);
      expect(names.map((name) => [name, isAccepted(name)])).toEqual(expected);
    }),
    { numRuns: 1 },
  );
});

test.each(['\0', 'a\0b', '\ud800', `a${'b'.repeat(240)}`, 'a\nb'])('refuses %j', (name) => {
  expect(isAccepted(name)).toBe(false);
});

test('this git has check-ref-format', () => {
  expect(runQuickly('git', ['check-ref-format', '--normalize', 'refs//heads/a'])).toBe('refs/heads/a\n');
});

function isAccepted(name: string): boolean {
  try {
    assertBranchName(name);
    return true;
  } catch {
    return false;
  }
}
