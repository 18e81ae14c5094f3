import { expect, test } from 'vitest';
import { committedFiles } from './committed-files.ts';

const files = committedFiles(
  ['package.json', 'src/a.ts', 'src/deep/b.ts', 'src/deep/c.ts', 'srcs/d.ts'],
  new Map([['package.json', '{}']]),
);

test('a folder lists what is right below it, folders once', () => {
  expect(files.list('')).toEqual(['package.json', 'src', 'srcs']);
  expect(files.list('src')).toEqual(['a.ts', 'deep']);
  expect(files.list('src/deep')).toEqual(['b.ts', 'c.ts']);
  expect(files.list('nowhere')).toEqual([]);
});

test('what was not read is not there', () => {
  expect(files.read('package.json')).toBe('{}');
  expect(files.read('src/a.ts')).toBeNull();
});
