// What sessions do in the repository that they see has no effect on the project (R-REPO-5, R-SEC-5).
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, made, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { restoreTracked } from '../worktree/working-files.ts';
import { ensureWorktree, removeWorktree } from '../worktree/worktree.ts';
import { readySessionRepository, resetSessionRepository } from './session-repository.ts';

test('a session finds the branches and tags of the project, its address without a password, and no stash', async () => {
  const repository = scratchRepository({ 'a.txt': 'a\n' });
  repository.git('tag', 'v1');
  repository.git('remote', 'add', 'origin', 'https://me:geheim@example.org/a.git');
  repository.git('config', 'http.https://example.org/.extraheader', 'Authorization: Basic geheim');
  repository.git('config', 'credential.helper', 'store');
  repository.git('config', 'core.hooksPath', '.person');
  repository.git('config', 'user.name', 'Ada');
  writeFiles(repository.path, { 'private.txt': 'private' });
  repository.git('stash', '--include-untracked', '--quiet');
  const worktreePath = join(scratchDirectory(), 'ab12');
  await ensureWorktree({
    repositoryPath: repository.path,
    worktreePath,
    branch,
    baseSha: repository.headSha,
  });
  expect(gitIn(worktreePath, 'for-each-ref', '--format=%(refname)')).toBe(
    `refs/heads/main\nrefs/heads/${branch}\nrefs/tags/v1`,
  );
  expect(gitIn(worktreePath, 'stash', 'list')).toBe('');
  expect(gitIn(worktreePath, 'remote', 'get-url', 'origin')).toContain('example.org/a.git');
  const config = readFileSync(join(worktreePath, '.git/config'), 'utf8');
  expect(config).toContain('Ada');
  expect(config).not.toMatch(/geheim|helper|hooksPath/);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}`);
});

test('what a setup writes there stays there for the next session, and reaches nobody else', async () => {
  const { repository, worktreePath, request } = await scratchWorktree();
  const before = readFileSync(join(repository.path, '.git/config'), 'utf8');
  gitIn(worktreePath, 'config', 'core.hooksPath', '.githooks');
  gitIn(worktreePath, 'config', 'alias.x', '!evil');
  // No folder has to be made first, as in every repository that git makes.
  writeFileSync(join(worktreePath, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  writeFiles(worktreePath, { 'stashed.txt': 's' });
  gitIn(worktreePath, 'stash', '--include-untracked', '--quiet');
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await made(request);
  await readySessionRepository({ repositoryPath: repository.path, worktreePath });
  expect(gitIn(worktreePath, 'config', 'core.hooksPath')).toBe('.githooks');
  expect(existsSync(join(worktreePath, '.git/hooks/pre-commit'))).toBe(true);
  expect(gitIn(worktreePath, 'stash', 'list')).toContain('stash@{0}');
  expect(readFileSync(join(repository.path, '.git/config'), 'utf8')).toBe(before);
  expect(repository.git('stash', 'list')).toBe('');
});

test('R-PIPE-14: a stash and a commit on another branch are kept when the worktree is removed', async () => {
  const { repository, worktreePath } = await scratchWorktree();
  writeFiles(worktreePath, { 'stashed.txt': 's' });
  gitIn(worktreePath, 'stash', '--include-untracked', '--quiet', '-m', 'Half of it');
  gitIn(worktreePath, 'switch', '--quiet', '-c', 'other');
  writeFiles(worktreePath, { 'other.txt': 'o' });
  gitIn(worktreePath, 'add', '--all');
  gitIn(worktreePath, 'commit', '--quiet', '-m', 'On another branch');
  gitIn(worktreePath, 'gc', '--quiet');
  gitIn(worktreePath, 'switch', '--quiet', branch);
  await removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' });
  const kept = repository.git('log', '--format=%s', 'refs/moose/preserved/ab12');
  expect(kept).toContain('Half of it');
  expect(kept).toContain('On another branch');
  expect(repository.git('fsck', '--strict')).not.toContain('error');
});

const mess: readonly [string, (git: string, elsewhere: string) => void][] = [
  ['nothing', (git) => rmSync(git, { recursive: true })],
  ['a file', (git) => replace(git, (at) => writeFileSync(at, 'gitdir: /etc\n'))],
  ['a link', (git, elsewhere) => exchange(git, elsewhere)],
  ['a pipe', (git) => replace(git, pipe)],
  ['a socket in it', (git) => execFileSync('python3', ['-c', bind, join(git, 'HEAD.lock')])],
  ['a pipe as HEAD', (git) => replace(join(git, 'HEAD'), pipe)],
  ['a pipe as index', (git) => replace(join(git, 'index'), pipe)],
  ['a folder as index', (git) => replace(join(git, 'index'), (at) => mkdirSync(at))],
  ['broken settings', (git) => writeFileSync(join(git, 'config'), '[core')],
  ['refs that lead elsewhere', (git, elsewhere) => exchange(join(git, 'refs'), elsewhere)],
  ['heads that lead elsewhere', (git, elsewhere) => exchange(join(git, 'refs/heads'), elsewhere)],
  ['objects that lead elsewhere', (git, elsewhere) => exchange(join(git, 'objects'), elsewhere)],
  [
    'object information that leads elsewhere',
    (git, elsewhere) => exchange(join(git, 'objects/info'), elsewhere),
  ],
  ['a closed folder', (git) => chmodSync(join(git, 'refs'), 0)],
  ['another worktree', (git) => writeFileSync(join(git, 'commondir'), '/nowhere\n')],
];
const bind = 'import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.bind(sys.argv[1])';

function replace(path: string, make: (path: string) => unknown): void {
  rmSync(path, { recursive: true });
  make(path);
}

const pipe = (path: string) => execFileSync('mkfifo', [path]);
const exchange = (path: string, elsewhere: string) => replace(path, (at) => symlinkSync(elsewhere, at));

test.each(mess)(
  'fear: with %s as its repository, a session stops Moose or makes it write elsewhere',
  async (_, make) => {
    const { repository, worktreePath, request, tree } = await scratchWorktree();
    const elsewhere = join(scratchDirectory(), 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'HEAD'), 'precious\n');
    writeFiles(worktreePath, { 'a.txt': 'a' });
    make(join(worktreePath, '.git'), elsewhere);
    const { sha } = await made(request);
    expect(tree(sha)).toEqual(['README.md', 'a.txt']);
    writeFiles(worktreePath, { 'a.txt': 'by a check' });
    expect(await restoreTracked(worktreePath)).toEqual(['a.txt']);
    await resetSessionRepository({ repositoryPath: repository.path, worktreePath });
    expect(lstatSync(join(worktreePath, '.git')).isDirectory()).toBe(true);
    expect(execFileSync('find', [elsewhere, '-mindepth', '1'], { encoding: 'utf8' })).toBe(
      `${elsewhere}/HEAD\n`,
    );
    expect(readFileSync(join(elsewhere, 'HEAD'), 'utf8')).toBe('precious\n');
    make(join(worktreePath, '.git'), elsewhere);
    await removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' });
    expect(existsSync(worktreePath)).toBe(false);
    expect(readFileSync(join(elsewhere, 'HEAD'), 'utf8')).toBe('precious\n');
  },
);

test('several calls at once for a repository that a session has destroyed', async () => {
  const { repository, worktreePath } = await scratchWorktree();
  rmSync(join(worktreePath, '.git'), { recursive: true });
  const call = () => readySessionRepository({ repositoryPath: repository.path, worktreePath });
  await Promise.all([call(), call(), call()]);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}`);
  expect(readdirSync(dirname(worktreePath))).toEqual([basename(worktreePath)]);
});

test('R-SEC-5: fear: a session makes Moose keep objects of another repository of the machine', async () => {
  const other = scratchRepository({ 'secret.txt': 'geheim\n' });
  const { repository, worktreePath } = await scratchWorktree();
  const git = join(worktreePath, '.git');
  writeFileSync(join(git, 'objects/info/alternates'), `${other.path}/.git/objects\n`);
  writeFileSync(join(git, 'refs/heads/theirs'), `${other.headSha}\n`);
  await removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' });
  expect(() => repository.git('cat-file', '-e', other.headSha)).toThrow();
});

test('R-SEC-5: fear: a session plants an object that is not what its name says', async () => {
  const { repository, worktreePath } = await scratchWorktree();
  const git = join(worktreePath, '.git');
  writeFiles(worktreePath, { 'a.txt': 'good\n' });
  gitIn(worktreePath, 'add', '--all');
  gitIn(worktreePath, 'commit', '--quiet', '-m', 'Good');
  const good = gitIn(worktreePath, 'rev-parse', 'HEAD:a.txt');
  writeFiles(worktreePath, { 'b.txt': 'evil\n' });
  const evil = gitIn(worktreePath, 'hash-object', '-w', 'b.txt');
  const at = (sha: string) => join(git, 'objects', sha.slice(0, 2), sha.slice(2));
  rmSync(at(good));
  copyFileSync(at(evil), at(good));
  rmSync(join(worktreePath, 'a.txt'));
  rmSync(join(worktreePath, 'b.txt'));
  const { setAside } = await removeWorktree({
    repositoryPath: repository.path,
    worktreePath,
    preserveAs: 'ab12',
  });
  expect(() => repository.git('cat-file', '-e', good)).toThrow();
  // It is not lost either.
  expect(existsSync(join(`${setAside}`, '.git'))).toBe(true);
  renameSync(`${setAside}`, join(scratchDirectory(), 'looked-at'));
});
