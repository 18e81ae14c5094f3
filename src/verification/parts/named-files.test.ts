import { expect, test } from 'vitest';
import { comparesWith, isRunBy, looksAt } from './named-files.ts';

test.each([
  ['python3 tools/lint.py src', 'tools/lint.py'],
  ['python -m tools.lint src', 'tools/lint.py'],
  ['npm ci && node --no-warnings scripts/check.mjs', 'scripts/check.mjs'],
  ['CI=1 ./lint.sh', 'lint.sh'],
  ['npx tsx scripts/check.ts src/a.ts', 'scripts/check.ts'],
])('R-GREEN-2: `%s` runs %s', (command, path) => {
  expect(isRunBy(command, path)).toBe(true);
});

test.each([
  ['shellcheck install.sh', 'install.sh'],
  ['eslint src/a.ts', 'src/a.ts'],
  ['diff -u samples/may.expected -', 'samples/may.expected'],
  ['test -f made.txt', 'made.txt'],
  ['npm run -s build; [ -s made.txt ]', 'made.txt'],
  ['if [[ ! -e made.txt ]]; then exit 1; fi', 'made.txt'],
])('R-GREEN-2: `%s` looks at %s', (command, path) => {
  expect(isRunBy(command, path)).toBe(false);
  expect(looksAt(command, path)).toBe(true);
});

test.each([
  ['make -f checks.mk lint', 'checks.mk'],
  ['eslint --config lint.json src', 'lint.json'],
])('R-GREEN-2: `%s` only takes settings from %s', (command, path) => {
  expect(looksAt(command, path)).toBe(false);
});

test('R-GREEN-2: what a command compares with is told from what it looks at', () => {
  expect(comparesWith('tool may.csv | diff -u samples/may.expected -', 'samples/may.expected')).toBe(true);
  expect(comparesWith('python3 -m doctest docs/usage.txt', 'docs/usage.txt')).toBe(true);
  expect(comparesWith('grep -q right files/1.txt', 'files/1.txt')).toBe(false);
  expect(comparesWith('test -f out.txt && diff a b', 'out.txt')).toBe(false);
});
