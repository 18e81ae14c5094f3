import { runGit } from '../../src/git/run/run-git.ts';
import type { Scenario } from '../scenario.ts';
import { aPushedWorktree } from '../targets.ts';

export const pushTooLarge: Scenario = {
  name: 'push-too-large',
  group: 'forge',
  does: 'the remote refuses every push as too large: a person is asked',
  lastsMs: [4_000, 8_000],
  reach: 'own',
  isTransient: false,
  isRetried: true,
  async inject(stage, round) {
    // The work order pushes next.
    const { remotePath } = await aPushedWorktree(stage, round);
    await runGit(remotePath, ['config', 'receive.maxInputSize', '1']);
    return async () => {
      await runGit(remotePath, ['config', '--unset-all', 'receive.maxInputSize'], { okExitCodes: [5] });
    };
  },
};
