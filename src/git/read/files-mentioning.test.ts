import { expect, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { changedOften } from './changed-often.ts';
import { filesMentioning } from './files-mentioning.ts';

test('R-PIPE-4: files that have a word are found, whatever their names, and parts of words are not', async () => {
  const { path, headSha } = scratchRepository({
    'a.ts': 'log(total(1));\n',
    'b\nc.ts': 'total\n',
    'd.ts': 'subtotal\n',
    'e.min.js': 'total\n',
  });
  expect(await filesMentioning(path, headSha, ['total', '-x'])).toEqual(new Set(['a.ts', 'b\nc.ts']));
  expect(await filesMentioning(path, headSha, ['nowhere'])).toEqual(new Set());
  expect(await filesMentioning(path, headSha, [])).toEqual(new Set());
});

test('R-SPEC-4: recent changes of a file count more than old ones, and a commit of everything counts nothing', async () => {
  const repository = scratchRepository({ 'a.ts': '1', 'b\n.ts': '1' });
  repository.commit({ 'a.ts': '2' });
  const headSha = repository.commit({ 'b\n.ts': '2' });
  const changed = await changedOften(repository.path, headSha);
  expect([...changed.keys()].sort()).toEqual(['a.ts', 'b\n.ts']);
  expect(changed.get('b\n.ts')).toBeGreaterThan(changed.get('a.ts') ?? 1);
  const all = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`f${index}`, '1']));
  expect((await changedOften(repository.path, repository.commit(all))).has('f1')).toBe(false);
});
