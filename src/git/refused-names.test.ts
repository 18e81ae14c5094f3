import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { changeBetween } from './commit/change-to-sign.ts';
import { deleteBranch } from './refs/branch.ts';

function repository() {
  const path = mkdtempSync(join(tmpdir(), 'moose-refused-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: path })
      .toString()
      .trim();
  git('init', '-q', '-b', 'main');
  const commit = (file: string | Buffer, content: string | Buffer) => {
    writeFileSync(
      typeof file === 'string' ? join(path, file) : Buffer.concat([Buffer.from(`${path}/`), file]),
      content,
    );
    git('add', '-A');
    git('commit', '-qm', 'x');
    return git('rev-parse', 'HEAD');
  };
  return { path, git, commit };
}

test('a branch that a worktree uses is not deleted', async () => {
  const { path, git, commit } = repository();
  const expectedSha = commit('a', '1');
  git('worktree', 'add', '-q', '-b', 'used', join(path, 'tree'));
  const deletion = { repositoryPath: path, branch: 'used', expectedSha, preserveAs: 'x' };
  await expect(deleteBranch(deletion)).rejects.toMatchObject({ code: 'BRANCH_IN_USE' });
});

test('a path that is no text cannot be sent to an interface that takes text', async () => {
  const { path, commit } = repository();
  const from = commit('a', '1');
  const to = commit(Buffer.from([0x62, 0xff]), '2');
  await expect(changeBetween(path, from, to, {})).rejects.toMatchObject({ code: 'PATH_NOT_TEXT' });
});
