import { nothingToEnd, type Scenario } from '../scenario.ts';
import { commitOnto } from '../stray-commit.ts';
import { aWorktree } from '../targets.ts';

export const baseMoved: Scenario = {
  name: 'base-moved',
  group: 'people',
  does: 'somebody commits on the base branch while work orders are based on it; the commit is kept',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: true,
  async inject(instance, round) {
    const { basePath: repositoryPath } = await aWorktree(instance, round);
    const sha = await commitOnto(repositoryPath, 'main');
    instance.strangers.push({ workOrderId: null, repositoryPath, sha, scenario: 'base-moved' });
    return nothingToEnd;
  },
};
