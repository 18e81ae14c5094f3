// Makes a worktree ready for those who work in it: its setup has run there, at most once for the same files (R-PROJ-3).

import { treeOf } from '../../../git/revision.ts';
import { removeUntracked } from '../../../git/working-files.ts';
import { setupAgain } from '../../run/setup-names.ts';
import type { PreparingResult, RoutingResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';
import { cleanWorktree, takeBack, type WorktreePlace } from '../worktree-place.ts';
import { type Preparation, preparationOf } from './preparation.ts';
import { readNote, removeNote, writeNote } from './prepared-note.ts';
import { runSetup, type SetupRun } from './run-setup.ts';

export interface Wanted extends SetupRun {
  routed: RoutingResult;
  headSha: string;
  /** Who is about to run something in it; null: nobody yet. */
  by: string | null;
}

/** @throws MooseError if its setup fails */
export async function havePrepared(
  work: Work,
  preparation: Preparation,
  wanted: Wanted,
): Promise<Pick<PreparingResult, 'way' | 'unkept'>> {
  const { worktreePath, routed, headSha, by } = wanted;
  const { key } = preparation;
  const note = await readNote(work, worktreePath, { key, by });
  if (note) {
    await writeNote(work, worktreePath, { ...note, usedBy: by });
    return { way: 'kept' };
  }
  await removeNote(work);
  await runSetup({ ...work, checkVariables: preparation.environment }, preparation, wanted);
  await takeBack(work, routed, worktreePath, headSha);
  const unkept = await removeUntracked(worktreePath, { signal: work.signal });
  await writeNote(work, worktreePath, { key, usedBy: by, isUnkept: unkept.length > 0 });
  return { way: 'setup', ...(unkept.length > 0 ? { unkept: unkept.slice(0, unkeptToldMax) } : {}) };
}

const unkeptToldMax = 20;

/**
 * For checks: whether the setup need not run before them. Decided once for each cycle, since a running check may be
 * adopted.
 */
export async function readyForChecks(
  work: Work,
  { key }: Preparation,
  worktreePath: string,
): Promise<boolean> {
  const by = `${work.run.id}.${work.run.cycle}.verifying`;
  const note = await readNote(work, worktreePath, { key, by });
  const isUnkept = note?.isUnkept ?? true;
  if (note?.usedBy !== by) await writeNote(work, worktreePath, { key, usedBy: by, isUnkept });
  return !isUnkept;
}

/** For an agent that runs commands: what an earlier one left in the worktree is gone, and the setup has run. */
export async function readyForAgent(
  work: Work,
  {
    routed,
    parentSha,
    place,
    attempt,
  }: { routed: RoutingResult; parentSha: string; place: WorktreePlace; attempt: number },
): Promise<void> {
  const { worktreePath } = place;
  const { baseSha } = routed;
  const preparation = await preparationOf(work, { baseSha, sha: parentSha });
  if (preparation === null) return;
  const by = `${work.run.id}.${work.run.cycle}.applying.${attempt}`;
  if (!(await readNote(work, worktreePath, { key: preparation.key, by })))
    await cleanWorktree(work, routed, place);
  await havePrepared(work, preparation, {
    ...{ worktreePath, routed, baseSha, by, headSha: parentSha, step: 'applying', names: setupAgain },
    treeSha: await treeOf(work.project.repositoryPath, parentSha, { signal: work.signal }),
  });
}
