// What the catalogues of errors promise, beyond their types.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { explainError } from '../src/app/errors/explain-error.ts';
import { catalogueEntries } from '../src/app/errors/failure-catalogues.ts';
import { sourceFiles } from './source-files.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const files = sourceFiles(rootPath, ['src', 'chaos'], /\.ts$/);
const raisingText = files
  .filter(({ path }) => !/\.(test|fixture)\.ts$|failure-catalogue\.ts$/.test(path))
  .map(({ text }) => text)
  .join('\n');
const isRaised = (key: string) => new RegExp(`[.']${key}\\b`).test(raisingText);
const codes = [...new Set(catalogueEntries.map(({ code }) => code))];

test('the catalogue of each room is listed', () => {
  const list = files.find(({ path }) => path === 'src/app/errors/failure-catalogues.ts')?.text ?? '';
  const isListed = (path: string) => list.includes(`/${path.replace(/^src\/(?:app\/)?/, '')}'`);
  const paths = globSync('{src,chaos}/**/*failure-catalogue.ts', { cwd: rootPath });
  expect(paths.filter((path) => !isListed(path))).toEqual([]);
  expect([paths.length > 40, isListed('src/git/failure-catalogue.ts'), isListed('src/of-nobody.ts')]).toEqual(
    [true, true, false],
  );
});

test('every entry of a catalogue is raised somewhere', () => {
  expect(
    catalogueEntries.filter(({ key }) => !isRaised(key)).map(({ room, key }) => `${room} ${key}`),
  ).toEqual([]);
  expect([isRaised('NEVER_RAISED'), isRaised('GIT_TIMEOUT')]).toEqual([false, true]);
});

test('the key of an entry is its code, or begins with it', () => {
  const strange = catalogueEntries.filter(({ key, code }) => key !== code && !key.startsWith(`${code}_`));
  expect(strange.map(({ key, code }) => `${key} ${code}`)).toEqual([]);
});

test('the codes of entries are written in capitals', () => {
  const codePattern = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
  expect(codes.filter((code) => !codePattern.test(code))).toEqual([]);
});

test('each code is explained in words, although its texts are filled in only when it is raised', () => {
  const isSaid = (text: string | null) => /\p{L}/u.test(text ?? '');
  const unsaid = codes.map(explainError).filter(({ category, texts }) => {
    const isAdvised = category === null || texts.some(({ advice }) => isSaid(advice));
    return !isAdvised || !texts.some(({ message }) => isSaid(message));
  });
  expect(unsaid.map(({ code }) => code)).toEqual([]);
});

test('a code is explained with each of its wordings, and with what the recovery table says about it', () => {
  expect(explainError('branch_in_use').texts.map(({ message }) => message)).toEqual([
    '… is checked out in …',
    '… is checked out in …',
  ]);
  expect(explainError('GIT_LOCKED').recovery).toEqual([
    {
      component: '*',
      does: 'retry after 2 s, 5 s, 15 s, 30 s; then escalate',
      because: 'the git process that holds the lock may end',
    },
  ]);
  expect(explainError('DISK_FULL').recovery).toHaveLength(1);
  expect(() => explainError('GIT_LOKED')).toThrow(
    expect.objectContaining({ code: 'ERROR_CODE_UNKNOWN', advice: 'Did you mean GIT_LOCKED?' }),
  );
  expect(() => explainError('QQQ')).toThrow(
    expect.objectContaining({ advice: 'See docs/reference/errors.md.' }),
  );
});
