import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { ensureWorktree } from '../worktree/worktree.ts';
import { diffFiles, diffText, isCutPatch, makeBundle, makePatch, restoreBundle } from './patch.ts';

const long = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

function scratchRange() {
  const repository = scratchRepository({
    'a.txt': 'one\n',
    'old name.txt': long,
    'gone.txt': 'x\n',
    'crlf.txt': 'a\r\n',
    'b.bin': Buffer.from([0, 1]),
  });
  repository.git('rm', '--quiet', 'gone.txt');
  repository.git('mv', 'old name.txt', 'new\nname.txt');
  const latin = Buffer.from([0xe9, 0x0a]);
  const to = repository.commit({
    'a.txt': 'one\ntwo\n',
    'crlf.txt': 'a\r\nb\r\n',
    'b.bin': Buffer.from([0, 2, 255]),
    'latin.txt': latin,
    '-é🎉': 'x',
  });
  return { repository, range: { repositoryPath: repository.path, from: repository.headSha, to } };
}

test('a patch rebuilds exactly the same tree elsewhere, including binary files, CRLF, renames and odd names', async () => {
  const { repository, range } = scratchRange();
  const patch = await makePatch(range);
  const clone = join(scratchDirectory(), 'clone');
  gitIn(repository.path, 'clone', '--quiet', '--no-checkout', repository.path, clone);
  gitIn(clone, 'checkout', '--quiet', range.from);
  execFileSync('git', ['apply', '--index', '--whitespace=nowarn'], { cwd: clone, input: patch });
  expect(gitIn(clone, 'write-tree')).toBe(repository.git('rev-parse', `${range.to}^{tree}`));
});

test('diffText is for people, whatever the user’s diff settings and drivers', async () => {
  const { repository, range } = scratchRange();
  repository.git('config', 'diff.noprefix', 'true');
  repository.git('config', 'diff.external', 'false');
  repository.git('config', 'color.ui', 'always');
  const text = await diffText(range);
  expect(text).toContain('diff --git a/a.txt b/a.txt');
  expect(text).toContain('+two\n');
  expect(await diffText({ ...range, to: range.from })).toBe('');
});

test('R-PIPE-5: fear: a change whose patch is too large has none, after its agent was paid', async () => {
  const files = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.txt`, `${name}\n`.repeat(2_000)]));
  const repository = scratchRepository({ 'x.txt': 'x\n' });
  const to = repository.commit(files);
  const range = { repositoryPath: repository.path, from: repository.headSha, to };
  const whole = await makePatch(range);
  expect(isCutPatch(whole)).toBe(false);
  expect(await makePatch(range, whole.length)).toEqual(whole);
  const cut = await makePatch(range, whole.length - 1);
  expect(isCutPatch(cut)).toBe(true);
  // What is left of it is whole files.
  const clone = join(scratchDirectory(), 'clone');
  gitIn(repository.path, 'clone', '--quiet', '--no-checkout', repository.path, clone);
  gitIn(clone, 'checkout', '--quiet', range.from);
  execFileSync('git', ['apply', '--index'], { cwd: clone, input: cut });
  expect(gitIn(clone, 'ls-files').split('\n')).toEqual(['a.txt', 'b.txt', 'x.txt']);
  // One file alone may be too large.
  const none = await makePatch(range, 100);
  expect([isCutPatch(none), none.includes('diff --git')]).toEqual([true, false]);
  const text = await diffText(range, 1_000);
  expect(text).toMatch(/^This patch is cut: .+\ndiff --git a\/a.txt/);
  expect(text.length).toBeLessThan(1_200);
});

test('diffFiles lists what happened to each file', async () => {
  const { range } = scratchRange();
  const files = await diffFiles(range);
  expect(files.sort((one, other) => (one.path < other.path ? -1 : 1))).toEqual([
    { path: '-é🎉', oldPath: null, status: 'added', addedLines: 1, deletedLines: 0 },
    { path: 'a.txt', oldPath: null, status: 'modified', addedLines: 1, deletedLines: 0 },
    { path: 'b.bin', oldPath: null, status: 'modified', addedLines: null, deletedLines: null },
    { path: 'crlf.txt', oldPath: null, status: 'modified', addedLines: 1, deletedLines: 0 },
    { path: 'gone.txt', oldPath: null, status: 'deleted', addedLines: 0, deletedLines: 1 },
    { path: 'latin.txt', oldPath: null, status: 'added', addedLines: 1, deletedLines: 0 },
    { path: 'new\nname.txt', oldPath: 'old name.txt', status: 'renamed', addedLines: 0, deletedLines: 0 },
  ]);
});

async function scratchBundle() {
  const repository = scratchRepository({ 'a.txt': long });
  const clone = join(scratchDirectory(), 'clone');
  gitIn(repository.path, 'clone', '--quiet', repository.path, clone);
  const first = repository.commit({ 'a.txt': `${long}more\n` });
  const head = repository.commit({ 'b.bin': Buffer.from([0, 255]) });
  const bundle = await makeBundle({ repositoryPath: repository.path, base: repository.headSha, head });
  return {
    repository,
    clone,
    first,
    head,
    bundle,
    restoration: { repositoryPath: clone, bundle, branch: 'moose/ab12' },
  };
}

test('R-PIPE-5: a bundle adds exactly the same commits to another clone, once', async () => {
  const { repository, clone, head, restoration } = await scratchBundle();
  expect(await restoreBundle(restoration)).toEqual({ headSha: head });
  expect(gitIn(clone, 'log', '--format=%H', 'moose/ab12')).toBe(repository.git('log', '--format=%H', head));
  expect(await restoreBundle(restoration)).toEqual({ headSha: head });
  expect(gitIn(clone, 'fsck', '--strict')).not.toContain('error');
});

test('git itself takes the bundle too, and making it leaves no reference behind', async () => {
  const { repository, clone, bundle, head } = await scratchBundle();
  const file = join(scratchDirectory(), 'x.bundle');
  writeFiles(join(file, '..'), { 'x.bundle': bundle });
  gitIn(clone, 'fetch', '--quiet', file, 'refs/moose/bundled');
  expect(gitIn(clone, 'rev-parse', 'FETCH_HEAD')).toBe(head);
  expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});

test('a branch that is ahead stays; one that is behind moves, after its worktree is out of the way; a diverged one is refused', async () => {
  const { clone, first, head, bundle, repository, restoration } = await scratchBundle();
  const half = await makeBundle({ repositoryPath: repository.path, base: repository.headSha, head: first });
  await restoreBundle({ ...restoration, bundle: half });
  const before: string[] = [];
  const beforeMove = async () => void before.push(gitIn(clone, 'rev-parse', 'moose/ab12'));
  expect(await restoreBundle({ ...restoration, bundle, beforeMove })).toEqual({ headSha: head });
  expect(before).toEqual([first]);
  expect(await restoreBundle({ ...restoration, bundle: half })).toEqual({ headSha: head });
  gitIn(clone, 'branch', 'moose/other', repository.headSha);
  gitIn(clone, 'checkout', '--quiet', 'moose/other');
  gitIn(clone, 'commit', '--quiet', '--allow-empty', '-m', 'Something else');
  await expect(restoreBundle({ ...restoration, branch: 'moose/other' })).rejects.toMatchObject({
    code: 'BRANCH_MOVED',
  });
});

test('a branch whose worktree’s directory is missing moves all the same', async () => {
  const { clone, head, repository, restoration } = await scratchBundle();
  const worktreePath = join(scratchDirectory(), 'tree');
  await ensureWorktree({
    repositoryPath: clone,
    worktreePath,
    branch: 'moose/ab12',
    baseSha: repository.headSha,
  });
  rmSync(worktreePath, { recursive: true });
  expect(await restoreBundle(restoration)).toEqual({ headSha: head });
});

test('a clone without the base commit is an error', async () => {
  const { bundle } = await scratchBundle();
  const { path } = scratchRepository({ 'else.txt': 'x' });
  await expect(restoreBundle({ repositoryPath: path, bundle, branch: 'x' })).rejects.toMatchObject({
    code: 'COMMIT_MISSING',
  });
});

test.each([
  ['empty', () => Buffer.alloc(0)],
  ['garbage', () => Buffer.from('hello\n\nworld')],
  ['cut off', (bundle: Buffer) => bundle.subarray(0, bundle.length - 30)],
])('R-SEC-3: a bundle that is %s is BUNDLE_INVALID, and no branch is made', async (_, spoil) => {
  const { bundle, clone, restoration } = await scratchBundle();
  await expect(restoreBundle({ ...restoration, bundle: spoil(bundle) })).rejects.toMatchObject({
    code: 'BUNDLE_INVALID',
  });
  expect(gitIn(clone, 'branch', '--list', 'moose/*')).toBe('');
});

test('a bundle without new commits is valid too', async () => {
  const { repository, clone } = await scratchBundle();
  const base = repository.headSha;
  const bundle = await makeBundle({ repositoryPath: repository.path, base, head: base });
  expect(await restoreBundle({ repositoryPath: clone, bundle, branch: 'moose/none' })).toEqual({
    headSha: base,
  });
});
