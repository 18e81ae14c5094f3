import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { clearAfterSession } from './clear-strange-files.ts';
import { guardObjects } from './guard-objects.ts';
import { gitIn } from './scratch-repository.fixture.ts';
import { branch, scratchWorktree } from './scratch-worktree.fixture.ts';
import { openSessionRefs } from './session-refs.ts';
import { removeWorktree } from './worktree.ts';

async function scene() {
  const { repository, worktreePath } = await scratchWorktree();
  const git = (...args: string[]) => gitIn(repository.path, ...args);
  const open = () => openSessionRefs(repository.path, { worktreePath, branch }, {});
  const { heads } = await open();
  const own = join(heads, basename(branch));
  const commit = (message: string, parent = repository.headSha) =>
    git('commit-tree', `${parent}^{tree}`, '-p', parent, '-m', message).trim();
  const tip = () => git('rev-parse', branch).trim();
  const end = () => clearAfterSession(repository.path, { worktreePath, branch });
  return { repository, worktreePath, git, open, heads, own, commit, tip, end };
}

test('a session sees its own branch only, and the branch moves to where the session left it', async () => {
  const { repository, git, heads, own, commit, tip, end } = await scene();
  git('branch', 'moose/other');
  expect(readdirSync(heads)).toEqual([basename(branch)]);
  const sha = commit('Own');
  writeFileSync(own, `${sha}\n`);
  writeFileSync(`${own}.lock`, '');
  expect(tip()).toBe(repository.headSha);
  await end();
  expect(tip()).toBe(sha);
  expect(readdirSync(heads)).toEqual([basename(branch)]);
  expect(readFileSync(own, 'utf8')).toBe(`${sha}\n`);
  await end();
  expect(tip()).toBe(sha);
});

test('fear: another session of the worktree begins, and the commit of one that still runs is lost', async () => {
  const { open, own, commit, tip, end } = await scene();
  const sha = commit('Own');
  writeFileSync(own, `${sha}\n`);
  await open();
  expect(readFileSync(own, 'utf8')).toBe(`${sha}\n`);
  await end();
  expect(tip()).toBe(sha);
});

test('fear: the branch moves outside of a session, and the next session starts from an old commit', async () => {
  const { git, open, own, commit } = await scene();
  const sha = commit('Elsewhere');
  git('update-ref', `refs/heads/${branch}`, sha);
  await open();
  expect(readFileSync(own, 'utf8')).toBe(`${sha}\n`);
});

test('somebody else moves the branch during a session: it stays there, and the commit of the session is kept', async () => {
  const { git, own, commit, tip, end } = await scene();
  const [theirs, ours] = [commit('Theirs'), commit('Ours')];
  writeFileSync(own, `${ours}\n`);
  git('update-ref', `refs/heads/${branch}`, theirs);
  await end();
  expect(tip()).toBe(theirs);
  const kept = git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/moose/preserved').trim();
  expect(kept).toBe(`${ours} refs/moose/preserved/${basename(branch)}-${ours.slice(0, 12)}`);
});

const outside = (path: string) => join(dirname(dirname(path)), 'outside');
const plants: Record<string, (path: string) => void> = {
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a folder': (path) => mkdirSync(join(path, 'in')),
  'a link to another file': (path) => {
    writeFileSync(outside(path), `${'1'.repeat(40)}\n`);
    symlinkSync(outside(path), path);
  },
  'a device without end': (path) => symlinkSync('/dev/zero', path),
  'a commit that does not exist': (path) => writeFileSync(path, `${'1'.repeat(40)}\n`),
  'the name of another branch': (path) => writeFileSync(path, 'ref: refs/heads/main\n'),
  nothing: () => undefined,
};

test.each(Object.keys(plants))(
  'fear: a session leaves %s in place of its branch, and Moose waits, follows it, or loses the branch',
  async (plant) => {
    const { repository, open, own, tip, end } = await scene();
    rmSync(own);
    if (plant === 'a folder') mkdirSync(own);
    plants[plant]?.(own);
    const found = existsSync(outside(own)) ? readFileSync(outside(own), 'utf8') : null;
    await open();
    await end();
    expect(tip()).toBe(repository.headSha);
    expect(readFileSync(own, 'utf8')).toBe(`${repository.headSha}\n`);
    if (found !== null) expect(readFileSync(outside(own), 'utf8')).toBe(found);
  },
);

test('the removal of a worktree keeps what its last session committed, and leaves nothing behind', async () => {
  const { repository, worktreePath, git, heads, own, commit } = await scene();
  const sha = commit('Own');
  writeFileSync(own, `${sha}\n`);
  await removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' });
  expect(git('branch', '--all', '--contains', sha)).toContain(branch);
  expect(existsSync(dirname(heads))).toBe(false);
});

test('R-SEC-5: fear: a session names a commit that is a pipe, and every git of the repository waits for it', async () => {
  const { repository, own, tip, end } = await scene();
  await guardObjects(repository.path);
  const folder = join(repository.path, '.git', 'objects', '11');
  mkdirSync(folder);
  execFileSync('mkfifo', [join(folder, '1'.repeat(38))]);
  writeFileSync(own, `${'1'.repeat(40)}\n`);
  await end();
  expect(tip()).toBe(repository.headSha);
});

test('R-PROJ-4: fear: services start again while a check ends, and the work order fails because a file is gone', async () => {
  const { open, own, commit, tip, end } = await scene();
  for (let round = 0; round < 20; round += 1) {
    const sha = commit(`Own ${round}`, tip());
    writeFileSync(own, `${sha}\n`);
    await Promise.all([end(), open(), open(), open()]);
    expect([tip(), readFileSync(own, 'utf8')]).toEqual([sha, `${sha}\n`]);
  }
});

test('R-PROJ-4: fear: sessions of a worktree start at the same time, and one of them fails', async () => {
  const { repository, worktreePath } = await scratchWorktree();
  const open = () => openSessionRefs(repository.path, { worktreePath, branch }, {});
  const [first] = await Promise.all(Array.from({ length: 10 }, open));
  expect(readFileSync(join(first?.heads ?? '', basename(branch)), 'utf8')).toBe(`${repository.headSha}\n`);
});
