import { expect, test } from 'vitest';
import { readTask } from '../task.ts';
import { readDiff } from './read-diff.ts';

const kinds = (path: string, after: string) =>
  readDiff({
    files: [{ path, oldPath: null, status: 'changed', before: '', after }],
    task: readTask('It is wrong. Mend it.'),
    reached: new Set(),
    testTexts: [],
  }).map(({ kind }) => kind);

test.each([
  ["const on = 'VITEST' in env;"],
  ["const on = globalThis['des' + 'cribe'];"],
  ["const on = process.env['JEST_' + 'WORKER_ID'];"],
  ["const on = Object.keys(process.env).some((name) => name.startsWith('VI'));"],
  ['const { stack } = new Error();'],
  ['if (/\\.test\\.js/.test(stack)) return 1;'],
  ["if (file.endsWith('_test.go')) return 1;"],
  ['assert.equal = () => {};'],
  ['unittest.TestResult.wasSuccessful = lambda self: True'],
])('R-GREEN-5: the product would act otherwise under a test: %s', (line) => {
  expect(kinds('src/a.js', `${line}\n`)).toContain('acts_otherwise_under_test');
});

test.each([
  ['const { message } = new Error();'],
  ["const path = process.env.CURRENCY ?? '$';"],
  ['if (/^test/.test(name)) return 1;'],
  ['const isSame = assert.equal;'],
])('R-GREEN-8: the product may say: %s', (line) => {
  expect(kinds('src/a.js', `${line}\n`)).not.toContain('acts_otherwise_under_test');
});
