// What the catalogues of errors promise, beyond their types.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalogueEntries } from '../scripts/docs/error-codes.ts';
import { sourceFiles } from './source-files.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const raisingText = sourceFiles(rootPath, ['src', 'chaos'], /\.ts$/)
  .filter(({ path }) => !/\.(test|fixture)\.ts$|failure-catalogue\.ts$/.test(path))
  .map(({ text }) => text)
  .join('\n');
const isRaised = (key: string) => new RegExp(`[.']${key}\\b`).test(raisingText);

test('every entry of a catalogue is raised somewhere', () => {
  expect(
    catalogueEntries.filter(({ key }) => !isRaised(key)).map(({ path, key }) => `${path} ${key}`),
  ).toEqual([]);
  expect([isRaised('NEVER_RAISED'), isRaised('GIT_TIMEOUT')]).toEqual([false, true]);
});

test('the key of an entry is its code, or begins with it', () => {
  const strange = catalogueEntries.filter(({ key, code }) => key !== code && !key.startsWith(`${code}_`));
  expect(strange.map(({ key, code }) => `${key} ${code}`)).toEqual([]);
});

test('the codes of entries are written in capitals', () => {
  const codePattern = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
  expect(catalogueEntries.map(({ code }) => code).filter((code) => !codePattern.test(code))).toEqual([]);
});
