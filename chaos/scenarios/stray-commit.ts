import { nothingToEnd, type Scenario } from '../scenario.ts';
import { commitOnto } from '../stray-commit.ts';
import { aWorktree } from '../targets.ts';

export const strayCommit: Scenario = {
  name: 'stray-commit',
  group: 'people',
  does: 'somebody commits on the branch of a work order while its checks run; the commit is kept',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: false,
  isRetried: true,
  async inject(instance, round) {
    const { id, repositoryPath, branch } = await aWorktree(instance, round);
    const sha = await commitOnto(repositoryPath, branch);
    instance.strangers.push({ workOrderId: id, repositoryPath, sha, scenario: 'stray-commit' });
    return nothingToEnd;
  },
};
