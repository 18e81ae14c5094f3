// The result of a check without the change. It runs once per base commit, in a clean checkout, when the same check
// fails on a change; all work orders on that base share the result (R-PROJ-6).

import { createHash } from 'node:crypto';
import { classifyCheck } from '../../../classifier/classify.ts';
import { seenIn } from '../../../classifier/lack.ts';
import { type CheckResult, wasKilled } from '../../../domain/work-order/check.ts';
import type { SeenFailure } from '../../../domain/work-order/seen-failure.ts';
import {
  type BaseCheckKey,
  findBaseCheck,
  hasRunOnBase,
  keepBaseCheck,
} from '../../../store/work/projects/base-checks.ts';
import { findCopiedFiles, marksOf } from '../../run/copied-files.ts';
import { fenced, type Work } from '../../run/work.ts';
import { isLimitPassed } from '../sessions/passed-limit.ts';
import { variablesMark } from '../sessions/session-variables.ts';
import type { OnBase } from './red-before.ts';
import { checkInScratch, type ScratchCheck } from './scratch-check.ts';

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
  const { project, slots, database, signal } = work;
  const { baseSha } = asked;
  const key = await rowKeyOf(work, asked);
  const find = () => database.run((query) => findBaseCheck(query, key), signal);
  const known = isFresh ? undefined : await find();
  if (known !== undefined) return known;
  // If several work orders ask at the same time, one runs the check, and the others read its result.
  return slots.withSlot(`base-check:${project.id}:${baseSha}:${key.checkKey}`, 1, signal, async () => {
    const meanwhile = isFresh ? undefined : await find();
    if (meanwhile !== undefined) return meanwhile;
    return (await runAndKeep(work, asked, key))?.seen;
  });
}

async function rowKeyOf(work: Work, asked: BaseCheck): Promise<BaseCheckKey> {
  const { project, signal } = work;
  const copied = await findCopiedFiles({ project, commit: asked.baseSha, signal });
  const marks = [...(await variablesMark(work)), ...(copied === null ? [] : marksOf(copied))];
  return { projectId: project.id, baseSha: asked.baseSha, checkKey: keyOf(asked, marks) };
}

interface RanOnBase {
  seen: SeenFailure | null;
  result: CheckResult;
}

async function runAndKeep(work: Work, asked: BaseCheck, key: BaseCheckKey): Promise<RanOnBase | undefined> {
  const ran = await run(work, asked);
  const seen = ran?.seen;
  if (seen === undefined || (seen !== null && isPassing(seen))) return ran;
  const { command } = asked.check;
  await fenced(work, (query) => keepBaseCheck(query, key, { command, seen, checkedAt: work.clock.now() }));
  return ran;
}

/**
 * Runs a check of the project that no work order has ever run on a base, whatever the commit: it shows what the machine
 * lacks for it. Undefined if it has run before.
 */
export async function firstOnBase(work: Work, asked: BaseCheck): Promise<RanOnBase | undefined> {
  const { slots, database, signal } = work;
  const key = await rowKeyOf(work, asked);
  const isKnown = () => database.run((query) => hasRunOnBase(query, key), signal);
  if (await isKnown()) return undefined;
  return slots.withSlot(`base-check:${key.projectId}:${key.baseSha}:${key.checkKey}`, 1, signal, async () =>
    (await isKnown()) ? undefined : runAndKeep(work, asked, key),
  );
}

/** The next run of such a check may have another result. */
function isPassing({ lack, failureClass }: SeenFailure): boolean {
  return lack !== null || failureClass === 'timeout' || failureClass === 'orchestration_error';
}

async function run(work: Work, { baseSha, ...asked }: BaseCheck): Promise<RanOnBase | undefined> {
  const done = await checkInScratch(work, { name: 'base', sha: baseSha, baseSha }, asked);
  if (!done?.isPrepared) return undefined;
  const { result } = done.ran;
  if (result.passed) return { seen: null, result };
  const classification = classifyCheck(result);
  const isEndedByOthers = result.stoppedBecause === null && classification.failureClass === 'unknown';
  const seen = seenIn(result, done.path, classification);
  const killed = { seen: { ...seen, lack: { kind: 'memory' as const, name: '' } }, result };
  if (isLimitPassed(result.stoppedBecause)) return killed;
  if (!isEndedByOthers || classification.category !== 'transient') return { seen, result };
  return wasKilled(result) ? killed : undefined;
}

/** Variables and copied files are part of the key, because the same check may pass with different ones. */
function keyOf({ check, before }: BaseCheck, variables: readonly string[]): string {
  const commands = [...before, check].map(({ command }) => command);
  const asked = variables.length === 0 ? commands : { commands, variables };
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
