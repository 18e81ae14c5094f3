// Before a change is published, its checks run on the newest base with the other open changes (R-GREEN-11).

import { classifyCheck } from '../../../../classifier/classify.ts';
import { seenIn } from '../../../../classifier/lack.ts';
import type { MooseError } from '../../../../domain/failure.ts';
import { type Check, type CheckResult, wasKilled } from '../../../../domain/work-order/check.ts';
import type { Lack } from '../../../../domain/work-order/seen-failure.ts';
import type { ApplyingResult, RoutingResult } from '../../../../domain/work-order/step-result.ts';
import {
  type CheckedTogether,
  conflictsWithItsBase,
  nameOfChange,
  type RedCheck,
  type TogetherMode,
} from '../../../../domain/work-order/together.ts';
import { findCheckedTree, keepCheckedTree } from '../../../../store/work/projects/checked-trees.ts';
import { recordFailure } from '../../../errors/record-failure.ts';
import { configAt } from '../../../policy/config-at.ts';
import { togetherOf } from '../../../policy/project-values.ts';
import { findCopiedFiles, marksOf } from '../../../run/copied-files.ts';
import { checkKeyOf, checkWithOthers } from '../../../run/together/check-with-others.ts';
import type { CheckTree, JudgedTogether } from '../../../run/together/judge-together.ts';
import { fenced, type Work } from '../../../run/work.ts';
import type { CheckPlan } from '../../../workplace/checks/project-checks.ts';
import type { RanCheck } from '../../../workplace/checks/run-check.ts';
import { checkInScratch } from '../../../workplace/checks/scratch-check.ts';
import { pinOf } from '../../../workplace/container/project-image.ts';
import { isLimitPassed } from '../../../workplace/sessions/passed-limit.ts';
import { variablesMark } from '../../../workplace/sessions/session-variables.ts';

export interface VerifyTogether {
  routed: RoutingResult;
  applied: ApplyingResult;
  plan: CheckPlan;
  /** The checks that passed on the change, by their place among all: only these say something about a combination. */
  passed: ReadonlyArray<{ index: number; ran: RanCheck }>;
}

export interface VerifiedTogether {
  mode: TogetherMode;
  judged: JudgedTogether;
}

/** Null if it is switched off, or there is nothing to check with. */
export async function verifyTogether(work: Work, asked: VerifyTogether): Promise<VerifiedTogether | null> {
  const { routed, applied, plan, passed } = asked;
  const { project, settings, database, signal, slots, order } = work;
  if (passed.length === 0 || applied.headSha === routed.baseSha) return null;
  const mode = togetherOf(
    project.settings,
    await configAt(project.repositoryPath, routed.baseSha, signal),
    settings,
  );
  if (mode === 'off') return null;
  // One after the other, so that the second of two changes sees the first one.
  const judged = await slots.withSlot(`together:${project.id}`, 1, signal, async () => {
    const check = await checking(work, asked);
    return checkWithOthers(
      { database, project, dataDirectory: settings.dataDirectory, signal },
      {
        mode,
        workOrderId: order.id,
        headSha: applied.headSha,
        treeSha: applied.treeSha,
        baseBranch: order.baseBranch ?? routed.baseBranch,
        commands: plan.checks.map(({ command }) => command),
        withOpen: true,
        check,
        whileAway: { tipSha: routed.baseSha, record: (failure) => recordAway(work, failure) },
      },
    );
  });
  return judged === null || judged.is === 'alone' ? null : { mode, judged };
}

/** Publishing waits for the remote, and asks a person if it stays away. */
async function recordAway(work: Work, failure: MooseError): Promise<void> {
  const { order, run } = work;
  const owner = { workOrderId: order.id, runId: run.id, step: order.step, attempt: run.stepAttempt + 1 };
  await fenced(work, (query) => recordFailure(query, failure, { ...owner, strategy: 'degrade' }));
}

/** Runs the checks on a tree, or finds what they said about it before. */
async function checking(
  work: Work,
  { routed: { baseSha }, applied, plan, passed }: VerifyTogether,
): Promise<CheckTree> {
  const { project, database, signal, clock } = work;
  const copied = await findCopiedFiles({ project, commit: baseSha, signal });
  const image = await pinOf(work);
  const checkKey = checkKeyOf({
    commands: plan.checks.map(({ command }) => command),
    environment: plan.environment,
    marks: [
      ...(await variablesMark(work)),
      ...(copied === null ? [] : marksOf(copied)),
      ...(image ? [image.id] : []),
    ],
  });
  const keep = (treeSha: string, red: RedCheck | null) =>
    fenced(work, (query) =>
      keepCheckedTree(query, { projectId: project.id, treeSha, checkKey }, { red, checkedAt: clock.now() }),
    );
  await keep(applied.treeSha, null);
  let runs = 0;
  return async ({ sha, treeSha }) => {
    const known = await database.run(
      (query) => findCheckedTree(query, { projectId: project.id, treeSha, checkKey }),
      signal,
    );
    if (known !== undefined) return { red: known, isNew: false };
    runs += 1;
    const red = await checkTree(work, {
      baseSha,
      checks: plan.checks,
      passed,
      name: `together-${runs}`,
      sha,
    });
    if (red !== undefined) await keep(treeSha, red);
    return { red, isNew: true };
  };
}

interface CheckedTree {
  baseSha: string;
  checks: readonly Check[];
  passed: VerifyTogether['passed'];
  name: `together-${number}`;
  sha: string;
}

/** The first red check; null if all are green, undefined if the machine, not the tree, decided. */
async function checkTree(
  work: Work,
  { baseSha, checks, passed, name, sha }: CheckedTree,
): Promise<RedCheck | null | undefined> {
  for (const { index } of passed) {
    const check = checks[index];
    if (!check) continue;
    const before = checks.slice(0, index).filter(({ kind }) => kind === 'setup' || kind === 'build');
    const done = await checkInScratch(work, { name, sha, baseSha }, { check, before, index });
    if (done === undefined) return undefined;
    const { report } = done.ran;
    const result = done.isPrepared ? done.ran.result : { ...done.ran.result, ...namedAs(before) };
    if (result.passed) continue;
    const seen = seenIn(result, done.path, classifyCheck(result));
    if (isOfMachine(result, seen.lack)) return undefined;
    const { kind, command, exitCode, outputTail, durationMs } = result;
    const failed = report?.failed.map(nameOfTest) ?? [];
    const tests = (failed.length > 0 ? failed : seen.testNames).slice(0, testsMax);
    return { kind, command, exitCode, outputTail: outputTail.slice(-outputCharsMax), durationMs, tests };
  }
  return null;
}

/** One script runs all that prepares a check, and its output says which one failed. */
function namedAs(before: readonly Check[]): Pick<Check, 'kind' | 'command'> {
  return { kind: before[0]?.kind ?? 'setup', command: before.map(({ command }) => command).join(' && ') };
}

const testsMax = 20;
const outputCharsMax = 12_000;

const nameOfTest = ({ file, name }: { file: string | null; name: string }) =>
  file === null ? name : `${file} > ${name}`;

/** What no change brings: another run may end differently. */
const machineLacks: ReadonlySet<Lack['kind']> = new Set([
  'disk',
  'memory',
  'limit',
  'service',
  'registry',
  'port',
]);

export function isOfMachine(result: CheckResult, lack: Lack | null): boolean {
  if (
    isLimitPassed(result.stoppedBecause) ||
    wasKilled(result) ||
    (lack !== null && machineLacks.has(lack.kind))
  )
    return true;
  const { retryable, category } = classifyCheck(result);
  return result.stoppedBecause === null && retryable && category === 'transient';
}

/** As it is stored with the change. */
export function checkedTogether({ mode, judged }: VerifiedTogether): CheckedTogether {
  const plain = ({ workOrderId, title, number }: JudgedTogether['with'][number]) => ({
    workOrderId,
    title,
    number,
  });
  return {
    mode,
    with: judged.with.map(plain),
    left: judged.left.map(plain),
    runs: judged.runs,
    treeSha: judged.treeSha,
    because: becauseOf(judged),
  };
}

function becauseOf({ is, blamed }: JudgedTogether): string | null {
  switch (is) {
    case 'red':
      return `it is red together with ${blamed.map(nameOfChange).join(' and ')}`;
    case 'not ours':
      return 'the others are red without it too';
    case 'unknown':
      return 'the machine failed while they were checked';
    case 'conflict':
      return conflictsWithItsBase;
    default:
      return null;
  }
}
