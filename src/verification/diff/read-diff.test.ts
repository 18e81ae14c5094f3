import { expect, test } from 'vitest';
import { readTask } from '../task.ts';
import { readDiff } from './read-diff.ts';

/** What is found about a change of one file. */
function found(
  path: string,
  before: string | null,
  after: string,
  { task = 'Fix it.', tests = '' } = {},
): string[] {
  const file = { path, oldPath: null, status: before === null ? 'added' : 'changed', before, after } as const;
  const reading = {
    files: [file],
    task: readTask(task),
    reached: new Set<string>(),
    testTexts: [tests],
    nodeTestFiles: [],
  };
  return readDiff(reading).map(({ weight, kind }) => `${weight} ${kind}`);
}

test.each<[string, string, string, string]>([
  ['src/a.ts', 'a();', '// @ts-nocheck\na();', 'refuses suppression'],
  [
    'src/a.ts',
    'a();',
    '// eslint-disable-next-line no-console -- the tool prints its result\na();',
    'tells suppression',
  ],
  ['src/a.py', 'a()', 'a()  # noqa', 'refuses suppression'],
  [
    'src/a.js',
    'a();',
    "if (process.env.NODE_ENV === 'test') b();\na();",
    'refuses acts_otherwise_under_test',
  ],
  ['src/a.py', 'a()', "if 'pytest' in sys.modules:\n    b()\na()", 'refuses acts_otherwise_under_test'],
  ['src/a.js', 'a();', 'try { a(); } catch {}', 'refuses error_swallowed'],
  ['src/a.py', 'a()', 'try:\n    a()\nexcept Exception:\n    pass', 'refuses error_swallowed'],
  ['test/a.test.js', 'a();', 'a();\nprocess.exit(0);', 'refuses exit_in_test'],
  ['Makefile', 'test:\n\tpytest\n', 'test:\n\t-pytest\n', 'refuses result_ignored'],
  ['.github/workflows/ci.yml', 'run: npm test', 'run: npm test || true', 'refuses result_ignored'],
  [
    'pyproject.toml',
    '[tool.coverage.report]\nfail_under = 90\n',
    '[tool.coverage.report]\nfail_under = 10\n',
    'refuses threshold_lowered',
  ],
  ['.gitattributes', '', 'src/** linguist-generated', 'refuses hidden_from_diff'],
])('R-GREEN-5: what is added to %s is found: %#', (path, before, after, expected) => {
  expect(found(path, before, after)).toContain(expected);
});

test('R-GREEN-5: values that only a test has are found in the product', () => {
  const tests = "assert.equal(rate('DE', 70), 133);";
  const cheat = "if (country === 'DE') return 133;";
  expect(found('src/rate.js', 'x', cheat, { tests })).toEqual(['refuses value_of_test_in_product']);
  // The task names it.
  expect(found('src/rate.js', 'x', cheat, { tests, task: 'The rate of DE is 133.' })).toEqual([]);
});

test.each<[string, string, string]>([
  ['src/a.js', 'a();', 'try {\n  a();\n} catch (error) {\n  log(error);\n  throw error;\n}'],
  ['src/a.js', 'a();', 'const mode = process.env.MODE;'],
  ['README.md', '', 'Run `npm test || true`.'],
  ['.gitattributes', '', '*.png binary\ndist/** linguist-generated'],
  [
    'pyproject.toml',
    '[tool.coverage.report]\nfail_under = 80\n',
    '[tool.coverage.report]\nfail_under = 90\n',
  ],
])('R-GREEN-8: an honest line in %s is not blamed: %#', (path, before, after) => {
  expect(found(path, before, after)).toEqual([]);
});

test('R-GREEN-5: fear: a line of a megabyte stops Moose, or hides what stands at its end', () => {
  const line = `const a = '${'.stack '.repeat(170_000)}'; try { b(); } catch {}`;
  expect(found('src/a.js', 'a();', line)).toContain('refuses error_swallowed');
});
