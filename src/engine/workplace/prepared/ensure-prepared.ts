// Prepares a worktree for the sessions that work in it: its setup has run there, or a cached result was copied there
// (R-PROJ-3).

import { join } from 'node:path';
import type { PreparingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import { treeOf } from '../../../git/read/revision.ts';
import { branchPrefix } from '../../../git/refs/branch-name.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { forgetUnfilled } from '../../../git/worktree/unfilled-submodules.ts';
import { removeUntracked } from '../../../git/worktree/working-files.ts';
import { hasOpenSession } from '../../../store/work/sessions/session-rows.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { setupAgain } from '../../run/setup-names.ts';
import type { Work } from '../../run/work.ts';
import { pinOf } from '../container/project-image.ts';
import { cleanWorktree, resetWorktree, type WorktreePlace } from '../worktree/worktree-place.ts';
import { entryPath } from './entry.ts';
import { fillEntry } from './fill-entry.ts';
import { giveEntry, shareStores } from './give-entry.ts';
import { canLayer } from './layer.ts';
import { type Preparation, preparationOf } from './preparation.ts';
import { readNote, removeNote, writeNote } from './prepared-note.ts';
import { freshIgnored } from './put-files.ts';
import { runSetup, type SetupRun } from './run-setup.ts';

export interface Wanted extends SetupRun {
  routed: RoutingResult;
  headSha: string;
  /** The session that is about to run something in the worktree; null if there is none yet. */
  by: string | null;
}

type Way = Pick<PreparingResult, 'way' | 'unkept'>;

/** @throws MooseError if the setup fails */
export async function ensurePrepared(work: Work, preparation: Preparation, wanted: Wanted): Promise<Way> {
  const { worktreePath, by } = wanted;
  const { key } = preparation;
  const note = await noteFor(work, worktreePath, { key, by });
  if (note) {
    await writeNote(work, worktreePath, { ...note, usedBy: by });
    return { way: 'kept' };
  }
  await removeNote(work);
  if (preparation.setup.length === 0) return putOnly(work, preparation, wanted);
  // A setup that outlived Moose is adopted, so its files stay.
  const isRunning = await work.database.run((query) => hasOpenSession(query, work.run.id), work.signal);
  if (isRunning) return setUp(work, preparation, wanted);
  if (await takeEntry(work, preparation, worktreePath, by)) return { way: 'cache' };
  // If several work orders need the same result at once, one makes it, and the others use it.
  return work.slots.withSlot(`prepare:${work.settings.host}:${key}`, 1, work.signal, async () =>
    (await takeEntry(work, preparation, worktreePath, by))
      ? { way: 'cache' }
      : setUp(work, preparation, wanted),
  );
}

/** Also null if sessions can no longer see the entry that the note names. */
async function noteFor(work: Work, worktreePath: string, asked: { key: string; by: string | null }) {
  const note = await readNote(work, worktreePath, asked);
  if (note?.over === undefined) return note;
  return (await isThere(note.over.lower)) && (await canLayer(work)) ? note : null;
}

/** There is no setup. */
async function putOnly(work: Work, { key, copied }: Preparation, wanted: Wanted): Promise<Way> {
  const { worktreePath, by } = wanted;
  await freshIgnored(work, worktreePath, copied);
  await writeNote(work, worktreePath, { key, usedBy: by, isUnkept: false });
  return { way: 'nothing' };
}

async function setUp(work: Work, preparation: Preparation, wanted: Wanted): Promise<Way> {
  const { worktreePath, routed, headSha, by } = wanted;
  const { key, environment, egress } = preparation;
  await runSetup({ ...work, checkVariables: environment, egress }, preparation, wanted);
  await resetWorktree(work, routed, worktreePath, headSha);
  await forgetUnfilled(worktreePath);
  const unkept = await removeUntracked(worktreePath, { signal: work.signal });
  const isOnlyBase = headSha === routed.baseSha && !isOfChange(routed);
  if (unkept.length === 0 && isOnlyBase)
    await orWithout(work, 'kept', () => fillEntry(work, preparation, worktreePath));
  await writeNote(work, worktreePath, { key, usedBy: by, isUnkept: unkept.length > 0 });
  return { way: 'setup', ...(unkept.length > 0 ? { unkept: unkept.slice(0, unkeptShownMax) } : {}) };
}

/**
 * Whether the work starts from the change of another work order, which nobody may have reviewed: package managers can run
 * code of the project that is not in the key, so that change would reach all later work through the kept result.
 */
const isOfChange = ({ baseBranch }: RoutingResult) => baseBranch.startsWith(branchPrefix);

const unkeptShownMax = 20;

async function takeEntry(
  work: Work,
  preparation: Preparation,
  worktreePath: string,
  by: string | null,
): Promise<boolean> {
  const given = await orWithout(work, 'used', () => giveEntry(work, preparation, worktreePath));
  if (!given) return false;
  const { key } = preparation;
  const over = { worktreePath, lower: join(entryPath(work, key), 'files') };
  const note = { key, usedBy: by, isUnkept: false };
  await writeNote(work, worktreePath, given === 'overlay' ? { ...note, over } : note);
  return true;
}

/** The cache only saves time: if it fails, the setup runs. */
async function orWithout<T>(work: Work, what: string, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (cause) {
    if (work.signal.aborted) throw cause;
    const error = toMooseError(cause, 'workplace', 'prepare');
    work.logger.warn(
      { workOrderId: work.order.id, err: error },
      `the result of a setup could not be ${what}: ${error.message}`,
    );
    return undefined;
  }
}

/** Whether the checks can skip the setup. Decided once per cycle, because a running check may be adopted. */
export async function readyForChecks(
  work: Work,
  preparation: Preparation,
  worktreePath: string,
): Promise<boolean> {
  const { key, setup } = preparation;
  if (setup.length === 0) return false;
  const by = `${work.run.id}.${work.run.cycle}.verifying`;
  const note = await noteFor(work, worktreePath, { key, by });
  if (note?.usedBy === by) return !note.isUnkept;
  if (note === null && (await takeEntry(work, preparation, worktreePath, by))) return true;
  const isUnkept = note?.isUnkept ?? true;
  await writeNote(work, worktreePath, { ...note, key, usedBy: by, isUnkept });
  return !isUnkept;
}

export interface AgentPlace {
  routed: RoutingResult;
  parentSha: string;
  place: WorktreePlace;
  attempt: number;
  /** The agent's home. */
  homePath: string;
}

/** Prepares the worktree for an agent that runs commands: files of an earlier agent are gone, and the setup has run. */
export async function readyForAgent(
  work: Work,
  { routed, parentSha, place, attempt, homePath }: AgentPlace,
): Promise<void> {
  const { worktreePath } = place;
  const { baseSha } = routed;
  const image = await pinOf(work);
  const preparation = await preparationOf({ ...work, image }, { baseSha, sha: parentSha });
  if (preparation === null) return;
  const by = `${work.run.id}.${work.run.cycle}.applying.${attempt}`;
  const note = await noteFor(work, worktreePath, { key: preparation.key, by });
  if (note === null) await cleanWorktree(work, routed, place);
  const { way } = await ensurePrepared(work, preparation, {
    worktreePath,
    routed,
    baseSha,
    by,
    headSha: parentSha,
    step: 'applying',
    names: setupAgain,
    treeSha: await treeOf(work.project.repositoryPath, parentSha, { signal: work.signal }),
  });
  await orWithout(work, 'shared', () => shareStores(work, homePath, way === 'setup'));
}
