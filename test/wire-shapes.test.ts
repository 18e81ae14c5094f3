import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as contract from '../src/contract/contract.ts';
import { findCopiedShapes } from './find-copied-shapes.ts';
import { sourceFiles } from './source-files.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));

test('every wire shape is declared once, in src/contract', () => {
  const files = sourceFiles(rootPath, ['src', 'web'], /(?<!\.test|\.fixture)\.tsx?$/);
  // The store's rows have types of their own: the store lies below the code that uses the contract.
  const others = files.filter(({ path }) => !/^src\/(contract|store)\//.test(path));
  expect(findCopiedShapes(others, contract)).toEqual([]);
});

test('the check works: it finds exactly the planted copies', () => {
  const path = 'src/engine/views/planted.ts';
  const text = readFileSync(new URL('fixtures/planted-shapes.ts.txt', import.meta.url), 'utf8');
  expect(findCopiedShapes([{ path, text }], contract)).toEqual([
    `${path}:1: has the members of diffSchema in src/contract`,
    `${path}:4: has the members of diffSchema.files in src/contract`,
    `${path}:7: has the members of budgetCheckSchema.differences in src/contract`,
  ]);
});
