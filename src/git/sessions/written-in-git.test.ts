// What a setup or an agent writes into git, other than commits of its change, is known afterwards (R-REPO-5).
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { contentOfGit, type GitContent, writtenInGit, writtenText } from './written-in-git.ts';

async function after(act: (path: string) => unknown): Promise<string | null> {
  const { worktreePath } = await scratchWorktree({ 'a.txt': 'a\n' });
  const before = contentOfGit(worktreePath, branch) ?? expect.unreachable();
  // It is kept as JSON.
  const kept = JSON.parse(JSON.stringify(before)) as GitContent;
  act(worktreePath);
  const now = contentOfGit(worktreePath, branch);
  const written = now && (await writtenInGit(kept, now));
  return written && writtenText(written);
}

const git =
  (...args: string[]) =>
  (path: string) =>
    gitIn(path, ...args);
const commit = (path: string) => gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', 'Own');
const stash = (path: string, text = 'half\n') => {
  writeFiles(path, { 'a.txt': text });
  gitIn(path, 'stash', '--quiet');
};
const hook = (path: string, text = '#!/bin/sh\nexit 1\n') =>
  writeFiles(join(path, '.git'), { 'hooks/pre-commit': text });
const exclude = (path: string, target: string) => {
  rmSync(join(path, '.git', target), { force: true, recursive: true });
  return join(path, '.git', target);
};

test.each<[string, (path: string) => unknown, string | null]>([
  ['a commit of its change', commit, null],
  ['a pack of all refs', git('pack-refs', '--all'), null],
  ['a garbage collection', git('gc', '--quiet'), null],
  ['a setting', git('config', 'core.hooksPath', '.husky'), 'setting core.hookspath'],
  ['a secret value', git('config', 'http.extraHeader', 'geheim'), 'setting http.extraheader'],
  ['a second value', git('config', '--add', 'remote.up.url', '/x'), 'setting remote.up.url'],
  ['a hook', (path) => hook(path), 'hook pre-commit'],
  ['a sample', (path) => writeFiles(join(path, '.git'), { 'hooks/a.sample': 'x' }), null],
  ['a stash', (path) => stash(path), '1 stash'],
  ['two stashes', (path) => [stash(path), stash(path, 'whole\n')], '2 stashes'],
  ['a stash that it took back', (path) => [stash(path), gitIn(path, 'stash', 'pop', '--quiet')], null],
  ['a branch', git('branch', 'other'), 'ref refs/heads/other'],
  ['a branch that follows another', git('branch', '--track', 'other', 'main'), 'ref refs/heads/other'],
  [
    'the branch of the project',
    (path) => [commit(path), gitIn(path, 'branch', '-f', 'main', 'HEAD')],
    'ref refs/heads/main',
  ],
  ['a tag', git('tag', 'v2'), 'ref refs/tags/v2'],
  ['a note', git('notes', 'add', '-m', 'x'), 'ref refs/notes/commits'],
  ['a branch that it removed', git('branch', '-D', 'main'), null],
  [
    'all of it',
    (path) => [hook(path), stash(path), gitIn(path, 'tag', 'v2'), gitIn(path, 'config', 'alias.x', '!y')],
    'setting alias.x; hook pre-commit; 1 stash; ref refs/tags/v2',
  ],
  [
    'settings that git cannot read',
    (path) => writeFileSync(join(path, '.git/config'), '[core'),
    'setting (unreadable)',
  ],
  ['settings that include others', git('config', 'include.path', '/etc/passwd'), 'setting include.path'],
  [
    'many branches',
    (path) => {
      for (let n = 10; n < 25; n += 1) gitIn(path, 'branch', `b${n}`);
    },
    expect.stringMatching(/^refs refs\/heads\/b10, .*refs\/heads\/b19 and 5 more$/) as unknown as string,
  ],
])('R-REPO-5: %s', async (_, act, told) => {
  expect(await after(act)).toEqual(told);
});

test.each<[string, (path: string) => unknown]>([
  ['no repository', (path) => exclude(path, '.')],
  ['a pipe as settings', (path) => execFileSync('mkfifo', [exclude(path, 'config')])],
  ['a link as settings', (path) => symlinkSync('/etc/passwd', exclude(path, 'config'))],
  ['huge settings', (path) => writeFileSync(join(path, '.git/config'), '#'.repeat(2 * 1024 ** 2))],
  ['refs that lead elsewhere', (path) => symlinkSync(scratchDirectory(), exclude(path, 'refs'))],
  ['a folder as packed refs', (path) => mkdirSync(exclude(path, 'packed-refs'))],
  [
    'a closed folder of hooks',
    (path) => {
      mkdirSync(exclude(path, 'hooks'));
      chmodSync(join(path, '.git/hooks'), 0);
    },
  ],
])('R-REPO-5: fear: with %s, nothing blocks or throws', async (_, act) => {
  expect(await after(act)).toBeNull();
});
