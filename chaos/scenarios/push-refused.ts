import { runGit } from '../../src/git/run/run-git.ts';
import type { Scenario } from '../scenario.ts';
import { aPushedWorktree } from '../targets.ts';

export const pushRefused: Scenario = {
  name: 'push-refused',
  group: 'forge',
  does: 'the remote refuses every push to a branch of Moose: a person is asked',
  lastsMs: [4_000, 8_000],
  reach: 'own',
  isTransient: false,
  isRetried: true,
  async inject(stage, round) {
    // The work order pushes next.
    const { remotePath } = await aPushedWorktree(stage, round);
    await runGit(remotePath, ['config', 'transfer.hideRefs', 'refs/heads/moose']);
    return async () => {
      await runGit(remotePath, ['config', '--unset-all', 'transfer.hideRefs'], { okExitCodes: [5] });
    };
  },
};
