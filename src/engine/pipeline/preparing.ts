// Step 2: the project's setup runs in the worktree before any agent, so that an agent finds what is installed and can run
// the tests (R-PROJ-3). No model is paid before it has succeeded.
import { treeOf } from '../../git/revision.ts';
import { setupFirst } from '../run/setup-names.ts';
import {
  type ApplyingResult,
  findResult,
  type PreparingResult,
  type RoutingResult,
  requireResult,
} from '../run/step-results.ts';
import type { StepEnd, Work } from '../run/work.ts';
import { inPlace } from './places.ts';
import { havePrepared } from './prepared/have-prepared.ts';
import { type Preparation, preparationOf } from './prepared/preparation.ts';
import { haveWorktree } from './worktree-place.ts';

export async function preparing(work: Work): Promise<StepEnd> {
  const routed = await requireResult<RoutingResult>(work, 'routing');
  const headSha = (await findResult<ApplyingResult>(work, 'applying'))?.headSha ?? routed.baseSha;
  const preparation = await preparationOf(work, { baseSha: routed.baseSha, sha: headSha });
  if (preparation === null)
    return { end: 'done', result: { way: 'nothing', commands: [], key: null } satisfies PreparingResult };
  return inPlace(work, () => prepare(work, preparation, routed, headSha));
}

async function prepare(
  work: Work,
  preparation: Preparation,
  routed: RoutingResult,
  headSha: string,
): Promise<StepEnd> {
  const { setup, key } = preparation;
  const { worktreePath } = await haveWorktree(work, routed, headSha);
  const prepared = await havePrepared(work, preparation, {
    ...{ worktreePath, routed, headSha, baseSha: routed.baseSha },
    ...{ step: 'preparing', names: setupFirst, by: null },
    treeSha: await treeOf(work.project.repositoryPath, headSha, { signal: work.signal }),
  });
  const commands = setup.map(({ command }) => command);
  return { end: 'done', result: { ...prepared, commands, key } satisfies PreparingResult };
}
