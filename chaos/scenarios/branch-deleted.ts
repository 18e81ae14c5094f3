import { runGit } from '../../src/git/run/run-git.ts';
import { nothingToEnd, type Scenario } from '../scenario.ts';
import { aWorktree } from '../targets.ts';

export const branchDeleted: Scenario = {
  name: 'branch-deleted',
  group: 'people',
  does: 'somebody deletes the branch of a work order while its checks run',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: false,
  isRetried: true,
  async inject(instance, round) {
    const { repositoryPath, branch } = await aWorktree(instance, round);
    await runGit(repositoryPath, ['update-ref', '-d', `refs/heads/${branch}`]);
    return nothingToEnd;
  },
};
