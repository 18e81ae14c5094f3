// Fear: what a filter of the repository protects is published all the same, because attributes that are in no commit, a
// name in any bytes, or another place of the file lead around the filter (R-REPO-2).
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll } from './commit/commit.ts';
import { scratchDirectory, scratchRepository, writeFiles } from './scratch-repository.fixture.ts';
import { branch, trailers } from './scratch-worktree.fixture.ts';
import { ensureWorktree } from './worktree/worktree.ts';

const rot = { 'filter.rot.clean': 'tr a-z n-za-m', 'filter.rot.smudge': 'tr a-z n-za-m' };
const refused = { code: 'FORBIDDEN_CHANGE' };
const attributes = { '.gitattributes': 'secrets/** filter=rot\n*.enc filter=rot\n' };
const secret = 'the password of the database\n';

async function worktreeOf(
  files: Record<string, string>,
  { filters = ['rot'], settings = {} }: { filters?: string[]; settings?: Record<string, string> } = {},
) {
  const repository = scratchRepository();
  for (const [key, value] of Object.entries({ ...rot, ...settings })) repository.git('config', key, value);
  repository.headSha = repository.commit(files);
  const worktreePath = join(scratchDirectory(), 'ab12');
  const { path: repositoryPath, headSha: baseSha } = repository;
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha, filters });
  const request = {
    repositoryPath,
    worktreePath,
    branch,
    expectedParent: baseSha,
    filters,
    message: 'Change',
    trailers,
  };
  const sh = (script: string) => execFileSync('sh', ['-c', script], { cwd: worktreePath });
  return { repository, worktreePath, request, sh };
}

test.each([
  ['that ignores itself', { 'secrets/.gitignore': '.gitattributes\n.gitignore\n' }],
  ['that a rule of the root ignores', { '.gitignore': 'secrets/.gitattributes\n' }],
  ['in a folder that is marked as a cache', { 'secrets/CACHEDIR.TAG': 'Signature: 8a477f597d28d172' }],
])('R-REPO-2: a .gitattributes file %s lifts no filter', async (_, beside) => {
  const { repository, worktreePath, request } = await worktreeOf({ ...attributes, 'secrets/a': secret });
  const lifts = { 'secrets/.gitattributes': '* -filter\n', 'secrets/a': `${secret}changed\n` };
  writeFiles(worktreePath, { ...lifts, ...(beside as Record<string, string>) });
  await expect(commitAll(request)).rejects.toMatchObject(refused);
  expect(repository.git('rev-parse', branch)).toBe(repository.headSha);
});

test('R-REPO-2: a .gitattributes file that the change leaves out lifts no filter', async () => {
  const { worktreePath, request } = await worktreeOf({ ...attributes, 'secrets/a': secret });
  writeFiles(worktreePath, { 'secrets/.gitattributes': '* -filter\n', 'secrets/a': `${secret}changed\n` });
  const excludePaths = ['secrets/.gitattributes'];
  await expect(commitAll({ ...request, excludePaths })).rejects.toMatchObject(refused);
});

test.each(['/', ''])(
  "R-REPO-2: a rule in the repository's own core.attributesFile counts (%sattributes)",
  async (prefix) => {
    const folder = scratchDirectory();
    writeFiles(folder, { attributes: '*.enc filter=rot\n' });
    const isAbsolute = prefix === '/';
    const settings = { 'core.attributesFile': isAbsolute ? join(folder, 'attributes') : 'own-attributes' };
    const files = { 'own-attributes': '*.enc filter=rot\n', 'a.enc': secret };
    const { repository, worktreePath, request } = await worktreeOf(files, { filters: [], settings });
    expect(repository.git('cat-file', 'blob', 'HEAD:a.enc')).not.toContain('password');
    writeFiles(worktreePath, { 'a.enc': `${secret}changed\n` });
    // The person's own file counts, not the one of the change.
    writeFiles(worktreePath, { 'own-attributes': '' });
    await expect(commitAll(request)).rejects.toMatchObject(refused);
  },
);

test('R-REPO-2: attributes in a folder whose name is not UTF-8 count', async () => {
  const repository = scratchRepository();
  const sh = (cwd: string, text: string) =>
    execFileSync('sh', ['-c', `d=$(printf 'caf\\351'); mkdir -p $d; ${text}`], { cwd });
  sh(repository.path, "echo 'a filter=rot' > $d/.gitattributes; echo x > $d/a");
  repository.headSha = repository.commit({});
  const worktreePath = join(scratchDirectory(), 'ab12');
  const { path: repositoryPath, headSha: baseSha } = repository;
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha });
  sh(worktreePath, 'echo y > $d/a');
  const request = { repositoryPath, worktreePath, branch, expectedParent: baseSha, message: 'x', trailers };
  await expect(commitAll(request)).rejects.toMatchObject(refused);
});

test.each([
  ['is moved out of its folder', 'mkdir public; mv secrets/a public/a'],
  ['is copied', 'cp secrets/a copy.txt'],
  ['is copied and then changed', 'cp secrets/a copy.txt; echo more >> secrets/a'],
  ['loses the ending that names it', 'mv b.enc b.txt'],
  ['is moved, and its rule goes', 'mv secrets/a a.txt; rm b.enc .gitattributes'],
  ['is moved, and its rule is unset', "mv secrets/a a.txt; rm b.enc; echo '* -filter' > .gitattributes"],
  ['becomes executable elsewhere', 'mv secrets/a run.sh; chmod +x run.sh'],
])('R-REPO-2: a file that a filter protects and that %s is not published as it is', async (_, script) => {
  const files = { ...attributes, 'secrets/a': secret, 'b.enc': `other ${secret}` };
  const { repository, request, sh } = await worktreeOf(files);
  sh(script);
  await expect(commitAll(request)).rejects.toMatchObject(refused);
  expect(repository.git('rev-parse', branch)).toBe(repository.headSha);
});

test.each([
  ['moved to a name with the same filter', 'mv secrets/a c.enc', ['c.enc', 'secrets/a']],
  ['deleted, beside a new file', 'rm secrets/a; echo new > new.txt', ['new.txt', 'secrets/a']],
  ['changed, beside a new file', 'echo more >> secrets/a; echo new > new.txt', ['new.txt', 'secrets/a']],
])('a file that a filter protects, %s, is committed', async (_, script, changedFiles) => {
  const { repository, request, sh } = await worktreeOf({ ...attributes, 'secrets/a': secret });
  sh(script);
  const commit = await commitAll(request);
  expect(commit?.changedFiles.sort()).toEqual(changedFiles);
  expect(() => repository.git('grep', '--quiet', 'password', branch)).toThrow();
});

test('R-REPO-2: a changed mode alone publishes nothing, so it needs no filter', async () => {
  const files = { ...attributes, 'secrets/a': secret };
  const { request, sh } = await worktreeOf(files, { filters: [] });
  sh('chmod +x secrets/a');
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['secrets/a'] });
});
