import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { readRepository } from './read-repository.ts';
import { indexRepository } from './repository-index.ts';

const request = (title: string, text = '') => ({ title, text });

test('R-SPEC-4: a request finds its file in the commit, whatever the worktree says', async () => {
  const { path, headSha, write } = scratchRepository({
    'src/money.ts': '// Rounds half up.\nexport function roundHalfUp() {}\n',
    'src/other.ts': 'export const other = 1;\n',
    'package.json': '{}\n',
  });
  write({ 'src/money.ts': 'export const changed = 1;\n', 'src/rounds.ts': 'rounds half up\n' });
  const commit = { repositoryPath: path, commit: headSha };
  const relevant = await readRepository(commit, request('It rounds the wrong way'));
  expect(relevant.ranked[0]?.file.path).toBe('src/money.ts');
  const { shown, tree } = relevant.fit(10_000);
  expect(shown.get('src/money.ts')).toContain('Rounds half up');
  expect(tree.split('\n')).toEqual(['package.json', 'src/money.ts', 'src/other.ts']);
});

test('R-SPEC-4: a hostile repository is read within the limits: odd names, links, submodules, binary and huge files', async () => {
  const repository = scratchRepository({
    'odd\nname.ts': 'export function oddTotal() {}\n',
    ' -x "\'`$(x).py': 'def odd_name(): pass\n',
    'binary.ts': Buffer.from([0, 1, 2, 255]),
    'not-utf8.ts': Buffer.from([0x66, 0xff, 0xfe]),
    'huge.json': `"${'total '.repeat(300_000)}"`,
    'one-line.ts': `export const data = "${'x'.repeat(500_000)}";`,
    'empty.ts': '',
    'same.ts': 'export function oddTotal() {}\n',
    '__proto__/constructor.ts': 'export function __proto__() {}\n',
  });
  symlinkSync('/etc/passwd', join(repository.path, 'link.ts'));
  repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.headSha},module`);
  const headSha = repository.commit({});
  const commit = { repositoryPath: repository.path, commit: headSha };
  const relevant = await readRepository(commit, request('Fix `oddTotal` in constructor.ts'));
  const paths = relevant.ranked.map(({ file }) => file.path);
  expect(paths).toContain('odd\nname.ts');
  expect(paths.includes('link.ts') || paths.includes('module')).toBe(false);
  const { shown, tree, symbols } = relevant.fit(9_000);
  expect(shown.get('odd\nname.ts')).toBe('export function oddTotal() {}\n');
  expect(shown.has('binary.ts') || shown.has('not-utf8.ts')).toBe(false);
  const written = [...shown].flat().concat(tree, symbols).join('');
  expect(Buffer.byteLength(written)).toBeLessThanOrEqual(9_000);
});

test('R-SPEC-4: if a repository has too many files, code is read first, and git finds the names in the rest', async () => {
  const { path, headSha } = scratchRepository({
    'a.md': 'a document\n',
    'b.ts': 'const b = 1;\n',
    'z.ts': `${'const z = 1;\n'.repeat(50)}export function roundHalfUp() {}\n`,
  });
  const limits = { filesReadMax: 1, bytesReadMax: 1_000 };
  const index = await indexRepository(path, headSha, undefined, limits);
  expect(index.files.map(({ facts }) => facts !== null)).toEqual([false, true, false]);
  const commit = { repositoryPath: path, commit: headSha };
  const { ranked } = await readRepository(commit, request('Fix roundHalfUp'), limits);
  expect(ranked[0]?.file.path).toBe('z.ts');
  const few = await indexRepository(path, headSha, undefined, { filesReadMax: 9, bytesReadMax: 30 });
  expect(few.files.map(({ facts }) => facts !== null)).toEqual([true, true, false]);
});

test('R-SPEC-4: an index is kept for its commit, and the next commit knows what has changed', async () => {
  const repository = scratchRepository({ 'a.ts': 'const a = 1;\n', 'b.ts': 'const b = 1;\n' });
  const first = await indexRepository(repository.path, repository.headSha);
  expect(await indexRepository(repository.path, repository.headSha)).toBe(first);
  const next = await indexRepository(
    repository.path,
    repository.commit({ 'b.ts': 'function roundUp() {}\n' }),
  );
  expect(next.files[0]?.facts).toBe(first.files[0]?.facts);
  expect(next.files[1]?.facts?.definitions).toEqual([{ name: 'roundUp', line: 0 }]);
  expect(next.recency.get('b.ts')).toBeGreaterThan(next.recency.get('a.ts') ?? 1);
  expect(await indexRepository(repository.path, 'HEAD')).not.toBe(next);
});

test('R-SPEC-4: reading ends with its signal', async () => {
  const { path, headSha } = scratchRepository();
  const stopped = new Error('stopped');
  const commit = { repositoryPath: path, commit: headSha, signal: AbortSignal.abort(stopped) };
  await expect(readRepository(commit, request('x'))).rejects.toBe(stopped);
});
