import { runGit } from '../../src/git/run-git.ts';
import type { Scenario } from '../scenario.ts';
import { aWorktree, remotesOf } from '../targets.ts';

export const pushTooLarge: Scenario = {
  name: 'push-too-large',
  group: 'forge',
  does: 'the remote refuses every push as too large: a person is asked',
  lastsMs: [4_000, 8_000],
  isTransient: false,
  isRetried: true,
  async inject(instance, round) {
    // Its push is next.
    await aWorktree(instance, round);
    const remotes = await remotesOf(instance);
    for (const path of remotes) await runGit(path, ['config', 'receive.maxInputSize', '1']);
    return async () => {
      for (const path of remotes)
        await runGit(path, ['config', '--unset-all', 'receive.maxInputSize'], { okExitCodes: [5] });
    };
  },
};
