import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { removeStaleLocks, waitForGit } from './stale-lock.ts';

/** Starts a git that works in the directory until it is told to end; resolves once it is running. */
async function startGit(cwd: string) {
  const child = spawn('git', ['-c', 'alias.hold=!echo ready; read line', 'hold'], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    end: async () => {
      child.stdin.end('\n');
      await once(child, 'exit');
    },
  };
}

function scratchPlace() {
  const { path } = scratchRepository();
  const gitDir = join(path, '.git');
  const lock = join(gitDir, 'index.lock');
  writeFileSync(lock, '');
  return { path, lock, place: { worktreePath: path, gitDir, commonDir: gitDir, branch: 'main' } };
}

test('a lock that no living git can hold is removed immediately', async () => {
  const { lock, place } = scratchPlace();
  await removeStaleLocks(place);
  expect(existsSync(lock)).toBe(false);
});

test('the lock of a live git is left alone until that git has ended', async () => {
  const { path, lock, place } = scratchPlace();
  const git = await startGit(path);
  let isDone = false;
  const removal = removeStaleLocks(place).then(() => {
    isDone = true;
  });
  await expect(removeStaleLocks(place, AbortSignal.timeout(150))).rejects.toThrow();
  expect({ isDone, isThere: existsSync(lock) }).toEqual({ isDone: false, isThere: true });
  await git.end();
  await removal;
  expect(existsSync(lock)).toBe(false);
});

test('waits for a git that a crash left running', async () => {
  const { path } = scratchPlace();
  const git = await startGit(path);
  const wait = waitForGit([path]);
  await expect(waitForGit([path], AbortSignal.timeout(100))).rejects.toThrow();
  await git.end();
  await wait;
});
