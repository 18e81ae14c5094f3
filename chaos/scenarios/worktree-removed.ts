import { rm } from 'node:fs/promises';
import { nothingToEnd, type Scenario } from '../scenario.ts';
import { aWorktree } from '../targets.ts';

export const worktreeRemoved: Scenario = {
  name: 'worktree-removed',
  group: 'people',
  does: 'somebody removes the worktree of a work order while its checks run',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: false,
  isRetried: true,
  async inject(instance, round) {
    const { worktreePath } = await aWorktree(instance, round);
    await rm(worktreePath, { recursive: true, force: true, maxRetries: 5 });
    return nothingToEnd;
  },
};
