import { expect, test } from 'vitest';
import { softenedComparisons } from './softened-comparisons.ts';
import { readTask } from './task.ts';

const found = (path: string, before: string, after: string, task = 'Doors open too often. Add a hold.') =>
  softenedComparisons({
    files: [{ path, oldPath: null, status: 'changed', before, after }],
    task: readTask(task),
  }).map(({ weight, kind }) => `${weight} ${kind}`);

const shell = (line: string) => `assert_eq() {\n${line}  if [ "$1" != "$2" ]; then\n    exit 1\n  fi\n}\n`;
const go = (line: string) =>
  `func check(t *testing.T, said []string, want ...string) {\n${line}\tif !slices.Equal(said, want) {\n\t\tt.Errorf("got %q", said)\n\t}\n}\n`;

test('R-GREEN-1: what compares for the tests and now lets more pass is refused', () => {
  expect(found('tests/lib.sh', shell(''), shell("  case $2 in '') return 0 ;; esac\n"))).toEqual([
    'refuses green_only_by_its_tests',
  ]);
  expect(
    found('alert_test.go', go(''), go('\tif len(said) > len(want) {\n\t\tsaid = said[:len(want)]\n\t}\n')),
  ).toEqual(['refuses green_only_by_its_tests']);
});

test('R-GREEN-8: it is told where the task asks to change the tests, and a helper that compares more is no finding', () => {
  const skipping = shell('  [ -n "$2" ] || return 0\n');
  expect(found('tests/lib.sh', shell(''), skipping, 'Adapt the tests to empty answers.')).toEqual([
    'tells green_only_by_its_tests',
  ]);
  expect(found('tests/lib.sh', shell(''), shell('  [ -n "$2" ] || exit 1\n'))).toEqual([]);
  expect(found('src/lib.sh', shell(''), skipping)).toEqual([]);
});
