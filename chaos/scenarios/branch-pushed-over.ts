import { nothingToEnd, type Scenario } from '../scenario.ts';
import { commitOnto } from '../stray-commit.ts';
import { aPushedWorktree } from '../targets.ts';

export const branchPushedOver: Scenario = {
  name: 'branch-pushed-over',
  group: 'people',
  does: 'somebody pushes another commit to the branch of a work order on the remote; the commit is kept',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: false,
  async inject(instance, round) {
    const { id, remotePath, branch } = await aPushedWorktree(instance, round);
    const sha = await commitOnto(remotePath, branch, 'main');
    const of = { workOrderId: id, repositoryPath: remotePath };
    instance.strangers.push({ ...of, sha, scenario: 'branch-pushed-over' });
    return nothingToEnd;
  },
};
