// The result of a check without the change. It runs once per base commit, in a clean checkout, when the same check
// fails on a change; all work orders on that base share the result (R-PROJ-6).
import { createHash } from 'node:crypto';
import { classifyCheck } from '../../classifier/classify.ts';
import { seenIn } from '../../classifier/lack.ts';
import { wasKilled } from '../../domain/check.ts';
import type { SeenFailure } from '../../domain/seen-failure.ts';
import { findBaseCheck, keepBaseCheck } from '../../store/work/base-checks.ts';
import { findCopiedFiles, marksOf } from '../run/copied-files.ts';
import { fenced, type Work } from '../run/work.ts';
import type { OnBase } from './checks/red-before.ts';
import { checkInScratch, type ScratchCheck } from './judge/scratch-check.ts';
import { variablesMark } from './session-variables.ts';

export interface BaseCheck extends ScratchCheck {
  baseSha: string;
}

/**
 * Null if the check passes on the base. Undefined if that is unknown, because its setup fails there or there is no
 * checkout. `isFresh`: results that depend on the machine's current state are not reused.
 */
export async function onBase(
  work: Work,
  asked: BaseCheck,
  { isFresh }: { isFresh: boolean },
): Promise<OnBase> {
  const { project, slots, database, signal, clock } = work;
  const { check, baseSha } = asked;
  const copied = await findCopiedFiles({ project, commit: baseSha, signal });
  const marks = [...(await variablesMark(work)), ...(copied === null ? [] : marksOf(copied))];
  const key = { projectId: project.id, baseSha, checkKey: keyOf(asked, marks) };
  const find = () => database.run((query) => findBaseCheck(query, key), signal);
  const known = isFresh ? undefined : await find();
  if (known !== undefined) return known;
  // If several work orders ask at the same time, one runs the check, and the others read its result.
  return slots.withSlot(`base-check:${project.id}:${baseSha}:${key.checkKey}`, 1, signal, async () => {
    const meanwhile = isFresh ? undefined : await find();
    if (meanwhile !== undefined) return meanwhile;
    const seen = await run(work, asked);
    if (seen === undefined || (seen !== null && isPassing(seen))) return seen;
    await fenced(work, (query) =>
      keepBaseCheck(query, key, { command: check.command, seen, checkedAt: clock.now() }),
    );
    return seen;
  });
}

/** The next run of such a check may have another result. */
function isPassing({ lack, failureClass }: SeenFailure): boolean {
  return lack !== null || failureClass === 'timeout' || failureClass === 'orchestration_error';
}

async function run(work: Work, { baseSha, ...asked }: BaseCheck): Promise<OnBase> {
  const done = await checkInScratch(work, { name: 'base', sha: baseSha, baseSha }, asked);
  if (!done?.isPrepared) return undefined;
  const { result } = done.ran;
  if (result.passed) return null;
  const classification = classifyCheck(result);
  const isEndedByOthers = result.stoppedBecause === null && classification.failureClass === 'unknown';
  const seen = seenIn(result, done.path, classification);
  if (isEndedByOthers && classification.category === 'transient')
    return wasKilled(result) ? { ...seen, lack: { kind: 'memory', name: '' } } : undefined;
  return seen;
}

/** Variables and copied files are part of the key, because the same check may pass with different ones. */
function keyOf({ check, before }: BaseCheck, variables: readonly string[]): string {
  const commands = [...before, check].map(({ command }) => command);
  const asked = variables.length === 0 ? commands : { commands, variables };
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
