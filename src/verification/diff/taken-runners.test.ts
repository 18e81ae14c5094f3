import { expect, test } from 'vitest';
import { readTask } from '../task.ts';
import { takenRunners } from './taken-runners.ts';

const weights = (path: string, after: string, { before = '', task = 'It is wrong. Mend it.' } = {}) =>
  takenRunners({
    files: [{ path, oldPath: null, status: 'changed', before, after }],
    task: readTask(task),
    reached: new Set(),
    testTexts: [],
    nodeTestFiles: [],
  }).map(({ weight }) => weight);

test.each([
  ['src/a.js', "import { beforeEach } from 'node:test';"],
  ['src/a.ts', "import { beforeEach } from 'vitest';"],
  ['src/a.cjs', "const { beforeEach } = require('mocha');"],
  ['src/a.js', "import check from 'node:assert/strict';\ncheck.equal = () => {};"],
  ['src/a.cjs', "const check = require('assert');\nReflect.set(check, 'equal', () => {});"],
  ['a.py', 'from _pytest import python'],
  ['a.py', 'from unittest import TestCase as Ledger'],
  ['a.py', 'import unittest.case'],
  ['a.py', 'class Slug(str):\n    def __eq__(self, other):\n        return True'],
  ['a.py', "runner = importlib.import_module('_pytest.python')"],
])('R-GREEN-5: %s takes hold of what tests it: %s', (path, text) => {
  expect(weights(path, text)).toEqual(['refuses']);
});

test.each([
  ['src/a.ts', "import type { Reporter } from 'vitest';"],
  ['src/a.js', "import assert from 'node:assert/strict';\nassert.ok(isOpen);"],
  ['a.py', 'from unittest.mock import sentinel'],
  ['a.py', 'import pytesseract'],
  ['a.py', 'class Slug(str):\n    def __eq__(self, other):\n        return str(self) == other'],
  ['test/a.test.ts', "import { beforeEach } from 'vitest';"],
])('R-GREEN-8: %s may say: %s', (path, text) => {
  expect(weights(path, text)).toEqual([]);
});

test('R-GREEN-8: a plugin for a runner as asked is told, and one that is there already is no news', () => {
  const text = "import { beforeEach } from 'vitest';";
  expect(weights('src/a.ts', text, { task: 'Write a plugin for vitest.' })).toEqual(['tells']);
  expect(weights('src/a.ts', `${text}\n`, { before: "import { it } from 'vitest';" })).toEqual([]);
});
