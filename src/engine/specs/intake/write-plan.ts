// Has the Architect write a plan, and repair it (R-SPEC-1, R-SPEC-4). Each answer is stored before it is judged, and
// its version and number are one transaction, so another process continues after the last one.

import type { PermanentError } from '../../../domain/failure.ts';
import { newId, type ReservationId, shortId } from '../../../domain/ids.ts';
import { spanOf } from '../../../domain/limits/raised-limits.ts';
import type { Plan, PlanAnswer } from '../../../domain/plan/plan.ts';
import { problemsOf } from '../../../domain/plan/plan-problems.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Query } from '../../../store/database.ts';
import { architect } from '../../../store/money/budget-report.ts';
import { reserveBudget } from '../../../store/money/costs.ts';
import { limitsOf } from '../../../store/money/limits.ts';
import {
  addPlan,
  beginPlanning,
  countCall,
  countRound,
  holdPlanning,
  keepAnswer,
  newestPlan,
  type Planning,
} from '../../../store/work/plans/plannings.ts';
import { findSpec } from '../../../store/work/plans/specs.ts';
import { commandFor, nameOfLimit } from '../../run/budget/limit-words.ts';
import type { ProjectHere } from '../../run/project-here.ts';
import { closePlanning } from '../close-planning.ts';
import { roundsMax } from '../planning-cost.ts';
import { type ArchitectDeps, askArchitect, type PlanQuestion } from './ask-architect.ts';
import { intakeFailures } from './failure-catalogue.ts';
import { type PlanGround, readGround } from './plan-ground.ts';
import type { Refused, SentBack } from './plan-prompt.ts';

export interface WritePlanDeps extends ArchitectDeps {
  /** For crash tests. */
  reached(point: string): void;
}

/**
 * Continues where the last process stopped: with an answer that has not been judged, or with the next call.
 * @throws MooseError why there is no plan; also `PLAN_NOT_REPAIRED`, `PLAN_OVER_MONTH`
 */
export async function writePlan(
  deps: WritePlanDeps,
  { asked, project }: { asked: Planning; project: ProjectHere },
  signal: AbortSignal,
): Promise<void> {
  const { database } = deps;
  const spec = await database.run((query) => findSpec(query, asked.specId), signal);
  const ground = await readGround(project, spec, asked, signal);
  const reservationId = await begin(deps, asked, ground, signal);
  if (reservationId === null) return;
  const before = await lastPlan(deps, asked, signal);
  let refused = before.refused;
  let { rounds, answer } = asked;
  // The process died between the last answer and the end.
  if (rounds >= roundsMax) throw stillInvalid(asked, refused ?? unreadable);
  for (;;) {
    const planning = { ...asked, reservationId };
    const call = { planning, spec, ground, refused, sentBack: before.sentBack, round: rounds + 1 };
    answer ??= await answerTo(deps, call, signal);
    if (answer === null) return;
    rounds += 1;
    const judged = await judge(deps, { asked, ground, answer, rounds }, signal);
    if (judged === null) return;
    if (rounds >= roundsMax) throw stillInvalid(asked, judged);
    refused = judged;
    answer = null;
  }
}

/** The answer is stored before it is judged; null if the request was cancelled meanwhile. */
async function answerTo(
  deps: WritePlanDeps,
  question: PlanQuestion,
  signal: AbortSignal,
): Promise<PlanAnswer | null> {
  const { database } = deps;
  const { id } = question.planning;
  const mayAsk = await database.transaction(async (query) => {
    if (!(await holdPlanning(query, id))) return false;
    await countCall(query, id);
    return true;
  }, signal);
  if (!mayAsk) return null;
  deps.reached('planning:before-call');
  const answer = await askArchitect(deps, question, signal);
  const isOpen = await database.run((query) => keepAnswer(query, id, answer), signal);
  deps.reached('planning:answered');
  return isOpen ? answer : null;
}

/** The reservation, made once; null if the request was cancelled. @throws PermanentError `PLAN_OVER_MONTH` */
function begin(
  { database }: WritePlanDeps,
  { id, limitNanoUsd, specId, projectId, askedBy, requestedBy }: Planning,
  { baseBranch, baseSha }: PlanGround,
  signal: AbortSignal,
): Promise<ReservationId | null> {
  return database.transaction(async (query) => {
    const held = await holdPlanning(query, id);
    if (!held) return null;
    if (held.reservationId) return held.reservationId;
    const metadata = {
      spec_id: specId,
      asked_by: requestedBy ?? askedBy,
      ...(projectId === null ? {} : { project_id: projectId }),
    };
    const { reservationId } = await reserveBudget(query, limitNanoUsd, architect, metadata);
    if (reservationId === null)
      throw overTheMonth(limitNanoUsd, await fullMonth(query, limitNanoUsd, metadata), projectId);
    await beginPlanning(query, id, { reservationId, baseBranch, baseSha });
    return reservationId;
  }, signal);
}

/** The last plan of this request, if it was refused; otherwise the plan that was sent back. */
async function lastPlan(
  { database }: WritePlanDeps,
  { id, specId, remark }: Planning,
  signal: AbortSignal,
): Promise<{ refused: Refused | null; sentBack: SentBack | null }> {
  const newest = await database.run((query) => newestPlan(query, specId), signal);
  const isOwn = newest?.planningId === id;
  const refused =
    isOwn && newest.problems.length > 0 ? { plan: newest.plan, problems: newest.problems } : null;
  const sentBack = remark === null ? null : { remark, plan: isOwn ? null : (newest?.plan ?? null) };
  return { refused, sentBack };
}

interface Judged {
  asked: Planning;
  ground: PlanGround;
  answer: PlanAnswer;
  rounds: number;
}

/** Stores the answer; null if no further call is needed: the plan is valid, or the request was cancelled meanwhile. */
async function judge(
  { database, clock }: WritePlanDeps,
  { asked, ground, answer, rounds }: Judged,
  signal: AbortSignal,
): Promise<Refused | null> {
  const problems = answer.plan ? problemsOf(answer.plan, (path) => ground.paths.has(path)) : [];
  const isValid = answer.plan !== null && problems.length === 0;
  const isDone = await database.transaction(async (query) => {
    const held = await holdPlanning(query, asked.id);
    // Another process has judged it, because this one was considered dead.
    if (held?.rounds !== rounds - 1) return true;
    await countRound(query, asked.id);
    const isAside =
      answer.plan !== null && (await store(query, asked, { ...answer, problems, rounds, clock }));
    if (isValid) await closePlanning(query, asked.id, { state: 'planned' });
    // A person has corrected the plan meanwhile, so a paid repair would be useless.
    else if (isAside) await closePlanning(query, asked.id, { state: 'cancelled' });
    return isValid || isAside;
  }, signal);
  if (isDone) return null;
  return answer.plan
    ? { plan: answer.plan, problems }
    : { plan: null, problems: [{ message: answer.problem }] };
}

/** True if the answer is only kept on record, because a person has edited the plan meanwhile. */
async function store(
  query: Query,
  { id, specId, model, askedAt }: Planning,
  {
    plan,
    problems,
    rounds,
    clock,
  }: { plan: Plan; problems: ReturnType<typeof problemsOf>; rounds: number; clock: Clock },
): Promise<boolean> {
  const because = rounds === 1 ? 'planned' : `repaired (${rounds - 1} of ${roundsMax - 1})`;
  const { isAside } = await addPlan(query, {
    id: newId<string>(clock.now()),
    specId,
    plan,
    problems,
    because,
    askedAt,
    planningId: id,
    madeBy: `architect:${model}`,
  });
  return isAside;
}

/** An answer that cannot be read as a plan is not stored. */
const unreadable: Refused = {
  plan: null,
  problems: [{ message: 'its last answer could not be read as a plan.' }],
};

function stillInvalid({ specId }: Planning, { problems }: Refused): PermanentError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return intakeFailures.PLAN_NOT_REPAIRED('plan', {
    roundsMax: roundsMax - 1,
    message: first?.message ?? '',
    more,
    specId: shortId(specId),
  });
}

/** The key of the month's limit that refuses this amount: of the whole system, the person or the project. */
async function fullMonth(query: Query, nanoUsd: bigint, metadata: Record<string, unknown>): Promise<string> {
  const months = (await limitsOf(query, metadata)).filter(({ key }) => spanOf(key) === 'monthly');
  return (
    months.find(({ limitNanoUsd, usedNanoUsd }) => usedNanoUsd + nanoUsd > limitNanoUsd)?.key ?? 'month:'
  );
}

function overTheMonth(nanoUsd: bigint, key: string, projectId: string | null): PermanentError {
  return intakeFailures.PLAN_OVER_MONTH(
    { operation: 'reserve', metadata: { estimateNanoUsd: nanoUsd.toString() } },
    { limit: nameOfLimit(key), command: String(commandFor(key, projectId)) },
  );
}
