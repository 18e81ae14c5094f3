import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import type { Scenario } from '../scenario.ts';

export const diskFull: Scenario = {
  name: 'disk-full',
  group: 'disk',
  does: 'the disk of the worktrees is full: a person is asked, frees space and retries',
  lastsMs: [2_000, 5_000],
  isTransient: false,
  isRetried: true,
  cannot: async ({ disk }) =>
    disk === null ? 'This user may not mount a disk, and no other is filled.' : null,
  async inject({ disk, dataDirectory }) {
    const path = disk ?? join(dataDirectory, 'worktrees');
    const filler = join(path, '.filler');
    const { bavail, bsize } = await statfs(path);
    try {
      await writeFile(filler, Buffer.alloc(bavail * bsize));
    } catch (error) {
      // Moose may have written meanwhile: then it is full all the same.
      if (!hasErrorCode(error, 'ENOSPC')) throw error;
    }
    return () => rm(filler, { force: true });
  },
};
