import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import { mustAsk } from '../must-hit.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

const noDisk = 'This user may not mount a disk, and no other is filled.';

export const diskFull: Scenario = {
  name: 'disk-full',
  group: 'disk',
  does: 'the disk of the worktrees is full: a person is asked, frees space and retries',
  lastsMs: [2_000, 5_000],
  reach: 'alone',
  isTransient: false,
  isRetried: true,
  cannot: async ({ disk }) => (disk === null ? noDisk : null),
  async inject(stage) {
    const { disk } = stage;
    if (disk === null) throw new NoTarget(noDisk);
    const filler = join(disk, '.filler');
    const { bavail, bsize } = await statfs(disk);
    try {
      await writeFile(filler, Buffer.alloc(bavail * bsize));
    } catch (error) {
      // Moose may have filled the disk in the meantime, which has the same effect.
      if (!hasErrorCode(error, 'ENOSPC')) throw error;
    }
    return async () => {
      await rm(filler, { force: true });
      await mustAsk(stage);
    };
  },
};
