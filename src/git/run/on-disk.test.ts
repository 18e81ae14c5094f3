import { mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertRepository } from '../refs/repository.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { mountSilentDisk } from '../silent-disk.fixture.ts';
import { diskElsewhere, onDisk } from './on-disk.ts';
import { runGit } from './run-git.ts';

async function aSilentDisk() {
  const disk = await mountSilentDisk(scratchDirectory());
  if (disk === null) return null;
  onTestFinished(() => disk.close());
  const path = join(disk.path, 'repository');
  mkdirSync(path);
  gitIn(path, 'init', '--quiet', '--initial-branch=main');
  gitIn(path, 'commit', '--quiet', '--allow-empty', '-m', 'First');
  return { ...disk, repository: path };
}

test('R-PIPE-10: fear: a network disk that does not answer stops Moose, and all work on other disks', async ({
  skip,
}) => {
  const disk = await aSilentDisk();
  if (disk === null) return skip('fuse-overlayfs cannot mount a disk here');
  const other = scratchRepository();
  await assertRepository(disk.repository);
  await runGit(disk.repository, ['status']);
  disk.silence();
  const asked = Array.from({ length: 8 }, () => assertRepository(disk.repository));
  const ended = Promise.allSettled([...asked, runGit(disk.repository, ['log'])]);
  // Files of other disks, and git there, do not wait.
  await stat(other.path);
  await runGit(other.path, ['status']);
  const all = await ended;
  expect(all).toEqual(
    all.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code: 'DISK_SILENT' }) })),
  );
  await expect(assertRepository(disk.repository)).rejects.toThrow(
    `The disk at ${disk.path} has not answered`,
  );
  disk.answerAgain();
  await expect
    .poll(() =>
      assertRepository(disk.repository).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  await runGit(disk.repository, ['log']);
});

test('the kind of disk of a path is known without touching it', async ({ skip }) => {
  expect(diskElsewhere('/proc/self')).toBeNull();
  expect(diskElsewhere('/nowhere/at/all')).toBeNull();
  await expect(onDisk('/proc/nowhere', () => stat('/proc/nowhere'), { operation: 'look' })).rejects.toThrow(
    'ENOENT',
  );
  const disk = await aSilentDisk();
  if (disk === null) return skip('fuse-overlayfs cannot mount a disk here');
  disk.silence();
  expect(diskElsewhere(join(disk.path, 'some/file'))).toBe(disk.path);
  expect(diskElsewhere(`${disk.path}-and-more`)).toBeNull();
});
