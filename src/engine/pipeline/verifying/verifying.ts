// Step 5: runs the project's own checks. A check that fails because of the change sends it back to the Proposer
// (R-PIPE-6); a check that failed before the change is reported but does not count (R-PROJ-6).

import { isMooseError } from '../../../domain/failure.ts';
import type { Check, CheckResult } from '../../../domain/work-order/check.ts';
import type {
  ApplyingResult,
  RoutingResult,
  VerifyingResult,
} from '../../../domain/work-order/step-result.ts';
import { commandName } from '../../../domain/work-order/work-order.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { hasFailed } from '../../../store/failures/error-events.ts';
import { hasOpenSession, type SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { CopiedFiles } from '../../run/copied-files.ts';
import { urgencyOf, urgentMessage } from '../../run/messages/urgent-message.ts';
import { findResult, requireResult } from '../../run/step-results.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { contractChecks } from '../../specs/contract-parts.ts';
import { contractsOf } from '../../specs/contracts-of.ts';
import { networkOf } from '../../workplace/checks/check-network.ts';
import { type CheckPlan, checkPlan } from '../../workplace/checks/project-checks.ts';
import { type RanCheck, runCheck } from '../../workplace/checks/run-check.ts';
import {
  noTestRan,
  notVerifiedBecause,
  ranNone,
  saysSomething,
} from '../../workplace/checks/verification.ts';
import { pinOf } from '../../workplace/container/project-image.ts';
import { DaemonsOfChecks } from '../../workplace/daemons/daemons-of-checks.ts';
import { readyForChecks } from '../../workplace/prepared/ensure-prepared.ts';
import { type Preparation, preparationOf } from '../../workplace/prepared/preparation.ts';
import { freshIgnored } from '../../workplace/prepared/put-files.ts';
import { withWorkSlots } from '../../workplace/work-slots.ts';
import { renewCommitsAfterBoot } from '../../workplace/worktree/after-boot.ts';
import { worktreePathOf } from '../../workplace/worktree/worktree-path.ts';
import { ensureWorktreePlace, resetWorktree } from '../../workplace/worktree/worktree-place.ts';
import { reviewedChange } from '../review/review-change.ts';
import { refuseBreaches } from './contracts/check-contracts.ts';
import { verdictOn } from './judge/judge-change.ts';
import { refusedBy } from './judge/refuse-change.ts';
import { judgeRed } from './judge-check.ts';
import { refuseMarks } from './refuse-marks.ts';
import { redOnNewBase } from './together/red-on-new-base.ts';
import { refusedTogether } from './together/refuse-together.ts';
import { checkedTogether, verifyTogether } from './together/verify-together.ts';

export async function verifying(work: Work): Promise<StepEnd<'verifying'>> {
  const routed = await requireResult(work, 'routing');
  const applied = await requireResult(work, 'applying');
  const urgent = await urgentMessage(work);
  if (urgent && !(await work.database.run((query) => hasOpenSession(query, work.run.id), work.signal)))
    return { end: 'again', because: urgencyOf(urgent) };
  const known = await verdictBefore(work, applied);
  if (known) return { end: 'done', result: known };
  const { baseSha } = routed;
  // What follows reads the commit, of which a machine that lost its power may have only a part.
  const place = { routed, worktreePath: await worktreePathOf(work), headSha: applied.headSha };
  if (await isThere(place.worktreePath)) await renewCommitsAfterBoot(work, place);
  const contracts = await work.database.run((query) => contractsOf(query, work.order), work.signal);
  const broken = await refuseBreaches(work, contracts, routed, applied);
  if (broken) return broken;
  const planned = await checkPlan(work, baseSha);
  const plan = { ...planned, checks: [...planned.checks, ...contractChecks(contracts)] };
  const image = await pinOf(work);
  const preparation = await preparationOf({ ...work, image }, { baseSha, sha: applied.headSha });
  return withWorkSlots(work, () =>
    verify(
      { ...work, checkVariables: plan.environment, egress: plan.egress },
      routed,
      applied,
      plan,
      preparation,
    ),
  );
}

/** After an answer, the change is the one that the previous cycle has verified. */
async function verdictBefore(work: Work, applied: ApplyingResult): Promise<VerifyingResult | null> {
  const verified = await findResult(work, 'verifying');
  const isSame = applied.isAnswer === true && verified?.treeSha === applied.treeSha;
  return isSame && !verified.feedback && !verified.isUnfinished ? verified : null;
}

async function verify(
  work: Work,
  routed: RoutingResult,
  applied: ApplyingResult,
  plan: CheckPlan,
  preparation: Preparation | null,
): Promise<StepEnd<'verifying'>> {
  const { worktreePath } = await ensureWorktreePlace(work, routed, applied.headSha);
  const marked = await refuseMarks(work, routed, applied);
  if (marked) return marked;
  const results: CheckResult[] = [];
  const isReady = preparation !== null && (await readyForChecks(work, preparation, worktreePath));
  const beside = new DaemonsOfChecks(work, plan, worktreePath);
  const copied = preparation?.copied ?? null;
  const judged: Turn['judged'] = [];
  const turn = {
    routed,
    applied,
    checks: plan.checks,
    worktreePath,
    results,
    judged,
    isReady,
    copied,
    beside,
  };
  const charged = await runInTurn(work, turn)
    .finally(() => beside.stop())
    .catch(async (cause: unknown) => {
      if (isMooseError(cause) && cause.category === 'configuration')
        await resetWorktree(work, routed, worktreePath, applied.headSha);
      throw cause;
    });
  await resetWorktree(work, routed, worktreePath, applied.headSha);
  if (charged) return redOnNewBase(work, routed, charged);
  const { treeSha } = applied;
  const { level } = plan;
  const judging = { routed, applied, checks: plan.checks, judged, level };
  const { findings, proof } = await verdictOn(work, judging);
  const refused = refusedBy(work, { applied, results, findings, level });
  if (refused) return refused;
  const because = notVerifiedBecause(results);
  const reviewed = work.agents.get(applied.agent)?.writesCode
    ? await reviewedChange(work, routed, applied)
    : null;
  const result: VerifyingResult = {
    checks: results,
    isVerified: because === null,
    ...(because === null ? {} : { notVerifiedBecause: because }),
    treeSha,
    level,
    ...(findings.length > 0 ? { findings } : {}),
    ...(proof.length > 0 ? { proof } : {}),
    ...(reviewed ? { review: reviewed.review } : {}),
  };
  if (reviewed?.goesBack) {
    const { failure, feedback } = reviewed.goesBack;
    return { end: 'refine', result: { ...result, feedback }, failure };
  }
  const together =
    because === null ? await verifyTogether(work, { routed, applied, plan, passed: judged }) : null;
  if (together) {
    const red = await refusedTogether(work, together, { applied, results, findings });
    if (red) return red;
    result.together = checkedTogether(together);
  }
  // Setup checks are not progress, and neither are checks that failed before the change (R-PIPE-12).
  const green = results.filter((check) => saysSomething(check) && check.passed);
  return {
    end: 'done',
    result,
    facts: green.map(({ kind, command }) => `check:${kind}:${command}:${treeSha}`),
  };
}

interface Turn {
  routed: RoutingResult;
  applied: ApplyingResult;
  checks: readonly Check[];
  worktreePath: string;
  /** True if the setup has already run in this worktree. */
  isReady: boolean;
  /** The ignored files of the checkout that the project names. */
  copied: CopiedFiles | null;
  /** The results of the checks that have run. */
  results: CheckResult[];
  /** The checks that have passed, or fail without the change too, by their place among all. */
  judged: Array<{ index: number; ran: RanCheck }>;
  beside: DaemonsOfChecks;
}

/** Stops at the first check that the change broke: causes come before symptoms, and later checks would only repeat it. */
async function runInTurn(work: Work, turn: Turn): Promise<StepEnd<'verifying'> | null> {
  const { checks, worktreePath, applied, results, judged, routed, isReady, copied, beside } = turn;
  const writesCode = applied.agent === commandName || work.agents.get(applied.agent)?.writesCode === true;
  for (const [index, check] of checks.entries()) {
    if (isReady && check.kind === 'setup') {
      results.push(preparedBefore(check));
      continue;
    }
    const name = `${index + 1}-${check.kind}`;
    // Files that an agent left and that git ignores are not part of the change, and would be missing elsewhere.
    const clean = () => freshIgnored(work, worktreePath, copied);
    const isDirty = index === 0 && (writesCode || copied !== null);
    const isBeside = check.kind !== 'setup' && beside.hasAny;
    const reaching = isBeside ? await beside.start(name, isDirty ? clean : undefined) : work;
    const ran: RanCheck = await runCheck(reaching, {
      check,
      name,
      cwd: worktreePath,
      argv: ['sh', '-c', check.command],
      network: networkOf(work, [check], checks),
      event: 'check.finished',
      treeSha: applied.treeSha,
      stands: (session) => verdictStands(work, session),
      ...(isDirty && !isBeside ? { beforeStart: clean } : {}),
    });
    results.push(ran.result);
    if (ran.result.passed) {
      if (ranNone(ran)) ran.result.saysNothing = noTestRan;
      if (check.kind !== 'setup') judged.push({ index, ran });
      continue;
    }
    // All services are stopped before the change is judged.
    await beside.stopAfterRed(ran.sessionId);
    const redBefore = { ...turn, baseSha: routed.baseSha, index, ran };
    const red = await judgeRed(work, redBefore);
    if (red.end) return red.end;
    ran.result.redBefore = red.redBefore;
    judged.push({ index, ran });
  }
  return null;
}

function preparedBefore({ kind, command }: Check): CheckResult {
  const ended = { exitCode: 0, signal: null, stoppedBecause: null, durationMs: 0, outputTail: '' };
  return { kind, command, passed: true, ...ended, isPrepared: true };
}

/** If the failure of an earlier session was recorded, the check runs again; if not, the result of that session counts. */
async function verdictStands(work: Work, { id: sessionId, exitCode }: SessionRow): Promise<boolean> {
  if (exitCode === 0) return true;
  const failed = { workOrderId: work.order.id, sessionId, operation: 'verify' };
  return !(await work.database.run((query) => hasFailed(query, failed), work.signal));
}
