import { expect, test } from 'vitest';
import { nothingAsked } from '../../domain/work-order/asked.ts';
import { explainAll } from './explain.ts';

const testsOf = (name: string, ...values: number[]) =>
  `import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { ${name} } from '../src/half.js';\n${values
    .map((value) => `test('half of ${value}', () => assert.equal(${name}(${value}), ${value / 2}));\n`)
    .join('')}`;
const source = (name: string) => `export const ${name} = (n) => n / 2;\n`;

async function why(testsBefore: string, testsAfter: string | null, name = 'halve') {
  const changed = (path: string, before: string, after: string | null) => ({
    path,
    oldPath: null,
    status: after === null ? ('deleted' as const) : ('changed' as const),
    before,
    after,
  });
  const sorted = [
    {
      file: changed('src/half.js', source('half'), source(name)),
      part: 'product' as const,
      role: 'source' as const,
      because: '',
    },
    {
      file: changed('test/half.test.js', testsBefore, testsAfter),
      part: 'evidence' as const,
      role: 'test' as const,
      because: '',
    },
  ];
  const [explained] = await explainAll({ sorted, asked: nothingAsked, redBefore: [], redStill: [] });
  return explained?.as;
}

test('R-GREEN-13: fear: a function is renamed, and tests of it are dropped as if it were gone', async () => {
  expect(await why(testsOf('half', 10, 0, 7), testsOf('halve', 10))).toBeNull();
});

test('R-GREEN-8: tests that follow a renamed function are explained, and so are those of what is gone', async () => {
  expect(await why(testsOf('half', 10, 0, 7), testsOf('halve', 10, 0, 7))).toBe('adapted');
  expect(await why(testsOf('half', 10, 0, 7), null, 'other')).toBe('removed');
});

test('R-GREEN-13: a helper among the tests that drops a part of what it compares is not explained', async () => {
  const helper = (compared: string) =>
    `${testsOf('half', 10)}function same(one, other) {\n  if (${compared}) throw new Error('other');\n}\n`;
  expect(
    await why(helper('one !== other'), helper('one.trim() !== other.trim()').replace('half', 'halve')),
  ).toBeNull();
});

test('R-GREEN-13: a wider limit within which tests compare is not explained', async () => {
  const within = (limit: string, name: string) =>
    `${testsOf(name, 10)}const TOLERANCE = ${limit};\ntest('near', () => assert.ok(Math.abs(${name}(3) - 1.5) < TOLERANCE));\n`;
  expect(await why(within('0.01', 'half'), within('0.5', 'halve'))).toBeNull();
  expect(await why(within('0.01', 'half'), within('0.01', 'halve'))).toBe('adapted');
});
