// Step 2: the project's setup runs in the worktree before any agent, so that the agent finds everything installed and
// can run the tests (R-PROJ-3). No model is called before the setup has succeeded.
import type { PreparingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import { treeOf } from '../../../git/read/revision.ts';
import { removeUntracked } from '../../../git/worktree/working-files.ts';
import { shownFiles } from '../../run/copied-files.ts';
import { setupFirst } from '../../run/setup-names.ts';
import { findResult, requireResult } from '../../run/step-results.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { doubtedChecks, refuseLacking } from '../../workplace/checks/refuse-lacking.ts';
import { prepareImage } from '../../workplace/container/project-image.ts';
import { type DaemonPlan, daemonPlan } from '../../workplace/daemons/daemon-plan.ts';
import { startDaemons } from '../../workplace/daemons/start-daemons.ts';
import { ensurePrepared } from '../../workplace/prepared/ensure-prepared.ts';
import { keepHome } from '../../workplace/prepared/kept-home.ts';
import { type Preparation, preparationOf } from '../../workplace/prepared/preparation.ts';
import { unconfirmedNote } from '../../workplace/sessions/session-egress.ts';
import { withWorkSlots } from '../../workplace/work-slots.ts';
import { ensureWorktreePlace, resetWorktree } from '../../workplace/worktree/worktree-place.ts';

export async function preparing(work: Work): Promise<StepEnd<'preparing'>> {
  const routed = await requireResult(work, 'routing');
  const headSha = (await findResult(work, 'applying'))?.headSha ?? routed.baseSha;
  // Before a model is paid: everything that follows runs in it.
  const image = await prepareImage(work, routed.baseSha);
  const named = image === null ? {} : { image: image.name, imageId: image.id, imageAsked: image.asked };
  return prepareIn({ ...work, image }, routed, headSha, named);
}

async function prepareIn(
  work: Work,
  routed: RoutingResult,
  headSha: string,
  named: Pick<PreparingResult, 'image' | 'imageId' | 'imageAsked'>,
): Promise<StepEnd<'preparing'>> {
  const preparation = await preparationOf(work, { baseSha: routed.baseSha, sha: headSha });
  const plan = await daemonPlan(work, routed.baseSha);
  const also = (await unconfirmedNote(work, routed.baseSha)) ?? undefined;
  const note = also && { also };
  // Once there is a change, it has been paid for.
  const doubted = headSha === routed.baseSha ? await doubtedChecks(work, routed.baseSha) : null;
  // So that an address that does not answer is known before a model is paid.
  const fills = work.project.settings.submodules === true;
  if (preparation === null) await keepHome(work);
  if (preparation === null && plan === null && doubted === null && !fills)
    return { end: 'done', result: { ...nothing, ...named }, ...note };
  return withWorkSlots(work, async () => {
    if (fills) await ensureWorktreePlace(work, routed, headSha);
    const result = preparation ? await prepare(work, preparation, routed, headSha) : nothing;
    if (plan) await proveDaemons(work, plan, routed, headSha);
    if (doubted) await refuseLacking(work, doubted, routed.baseSha);
    return { end: 'done', result: { ...result, ...named }, ...note };
  });
}

const nothing: PreparingResult = { way: 'nothing', commands: [], key: null };

/** Starts the services once, so that a service that does not start is found before any model call is paid for. */
async function proveDaemons(
  work: Work,
  plan: DaemonPlan,
  routed: RoutingResult,
  headSha: string,
): Promise<void> {
  const { worktreePath } = await ensureWorktreePlace(work, routed, headSha);
  const services = await startDaemons(work, { plan, worktreePath, step: 'preparing' });
  await services.stop();
  // Files that the services left are part of neither the change nor the setup.
  await resetWorktree(work, routed, worktreePath, headSha);
  await removeUntracked(worktreePath, { signal: work.signal });
}

async function prepare(
  work: Work,
  preparation: Preparation,
  routed: RoutingResult,
  headSha: string,
): Promise<PreparingResult> {
  const { setup, key, copied } = preparation;
  const from = work.clock.now().getTime();
  const { worktreePath } = await ensureWorktreePlace(work, routed, headSha);
  const prepared = await ensurePrepared(work, preparation, {
    worktreePath,
    routed,
    headSha,
    baseSha: routed.baseSha,
    step: 'preparing',
    names: setupFirst,
    by: null,
    treeSha: await treeOf(work.project.repositoryPath, headSha, { signal: work.signal }),
  });
  await keepHome(work);
  const commands = setup.map(({ command }) => command);
  const tookMs = work.clock.now().getTime() - from;
  return { ...prepared, commands, key, tookMs, ...(copied === null ? {} : { copied: shownFiles(copied) }) };
}
