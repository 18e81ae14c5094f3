// A person lets Moose check the files that an agent left that ended without a result: they become a commit by the same rules
// as any change, and no agent runs.
import { isMooseError } from '../../../domain/failure.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { standingOf } from '../../../git/worktree/working-files.ts';
import type { Agent } from '../../ports/agent.ts';
import { findResult } from '../../run/step-results.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { worktreePathOf } from '../../workplace/worktree/worktree-path.ts';
import { ensureWorktreePlace } from '../../workplace/worktree/worktree-place.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { commitOnce, keeping } from './commit-once.ts';

/** @throws NOTHING_LEFT */
export async function takeLeft(
  work: Work,
  routed: RoutingResult,
  { name }: Pick<Agent, 'name'>,
): Promise<StepEnd<'applying'>> {
  const parentSha = (await findResult(work, 'applying'))?.headSha ?? routed.baseSha;
  const { worktreePath } = await ensureWorktreePlace(work, routed, parentSha);
  const commit = await commitOnce(work, routed.branch, worktreePath, parentSha);
  if (commit === null)
    throw pipelineFailures.NOTHING_LEFT({ operation: 'apply', workOrderId: work.order.id }, { name });
  return {
    end: 'done',
    result: {
      outcome: 'changed',
      headSha: commit.sha,
      treeSha: commit.treeSha,
      changedFiles: commit.changedFiles.length,
      agent: name,
      sessionId: '',
      ...(commit.leftOut.length > 0 ? { leftOut: commit.leftOut } : {}),
      summary: `The files that ${name} left when it ended without a result.`,
    },
    facts: [`tree:${commit.treeSha}`],
    also: await keeping(work, worktreePath, routed, commit),
  };
}

/** Whether the work order's worktree on this machine has changes that no commit has. */
export async function hasLeftFiles(work: Work): Promise<boolean> {
  const worktreePath = await worktreePathOf(work);
  if (!(await isThere(worktreePath))) return false;
  try {
    return (await standingOf(worktreePath, { signal: work.signal })).isDirty;
  } catch (cause) {
    // A worktree that git cannot read has nothing to offer, and its question is asked all the same.
    if (!isMooseError(cause) || work.signal.aborted) throw cause;
    return false;
  }
}
