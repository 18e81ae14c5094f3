import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endQuickly, runQuickly } from '../quick-start.fixture.ts';
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

/** Checks many names with one process: git prints the names that it accepts, in the format of `for-each-ref`. */
function gitAccepts(name: string): boolean {
  return endQuickly('git', ['check-ref-format', `refs/heads/${name}`]).status === 0;
}

test('R-SEC-2: whatever the title, git accepts the branch name, and it is not an option', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (title) => {
      const name = branchName('0f3a9c21', title);
      assertBranchName(name);
      expect(name).toMatch(/^moose\/0f3a9c21(-[a-z0-9-]{1,40})?$/);
      expect(gitAccepts(name)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

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
    fc.property(nasty, (name) => {
      const isOursToRefuse = name.startsWith('-') || name === 'HEAD' || name === '@';
      expect(isAccepted(name)).toBe(gitAccepts(name) && !isOursToRefuse);
    }),
    { numRuns: 150 },
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
