// A small project of Node's own runner, in which `half` is wrong, with changes that fix it or only seem to.
export const shop = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
  'half.js': 'export const half = (n) => n - 2;\nexport const twice = (n) => n * 2;\n',
  'test/half.test.js':
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { half, twice } from '../half.js';\n\ntest('half of ten', () => assert.equal(half(10), 5));\n\ntest('twice three', () => assert.equal(twice(3), 6));\n",
} as const;

export const fixed = { 'half.js': shop['half.js'].replace('n - 2', 'n / 2') };

export const withTest = (search: string, replace: string) => ({
  'test/half.test.js': shop['test/half.test.js'].replace(search, () => replace),
});

/** Green only because the red test does not run any more. */
export const skipped = withTest("test('half", "test.skip('half");

/** A right change with a new test: the check runs four times. */
export const withNewTest = {
  ...fixed,
  ...withTest("test('twice", "test('half of one', () => assert.equal(half(1), 0.5));\n\ntest('twice"),
};
