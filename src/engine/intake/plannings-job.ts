// The Architect: carries out the requests to plan a spec (R-SPEC-1, R-SPEC-4). Each answer is stored with its number in
// one transaction, so another process goes on after the last one; a call whose process died is presumed spent.
import type { Logger } from 'pino';
import type { MooseError } from '../../domain/failure.ts';
import { PermanentError } from '../../domain/failure.ts';
import { newId, type ReservationId, shortId } from '../../domain/ids.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { problemsOf } from '../../domain/plan/plan-problems.ts';
import { sleep } from '../../stdx/sleep.ts';
import type { Query } from '../../store/database.ts';
import { architect } from '../../store/money/budget-report.ts';
import { reserveBudget } from '../../store/money/costs.ts';
import {
  addPlan,
  beginPlanning,
  countPlanning,
  holdPlanning,
  newestPlan,
  openPlannings,
  type Planning,
} from '../../store/work/plannings.ts';
import { projectById } from '../../store/work/projects.ts';
import { findSpec } from '../../store/work/specs.ts';
import type { ErrorLog } from '../errors/error-log.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import { projectHere } from '../run/project-here.ts';
import { closePlanning } from '../specs/close-planning.ts';
import { roundsMax } from '../specs/planning-cost.ts';
import { type ArchitectDeps, askArchitect, type PlanAnswer } from './ask-architect.ts';
import { type PlanGround, readGround } from './plan-ground.ts';
import type { Refused } from './plan-prompt.ts';

export interface PlanningsDeps extends ArchitectDeps {
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  /** For crash tests. */
  reached(point: string): void;
}

export const planningsJobName = 'plannings';
const everyMs = 1_000;
/** More calls than rounds, because a call without an answer is asked again. */
const callsMax = 12;
/** More would read too many repositories at the same time. */
const atOnceMax = 4;
/** A failure that comes before any call, such as a remote that is away, ends it after this time. */
const openMsMax = 6 * 3_600_000;
const waitMsMin = 2_000;
const waitMsMax = 2 * 60_000;

export function planningsJob(deps: PlanningsDeps): UpkeepJob {
  const waits = new Map<string, { untilMs: number; ms: number }>();
  const isDue = ({ id }: Planning) => (waits.get(id)?.untilMs ?? 0) <= deps.clock.now().getTime();
  const carry = async (planning: Planning, signal: AbortSignal): Promise<void> => {
    const failure = await carryOut(deps, planning, signal);
    if (failure === null) return;
    const before = waits.get(planning.id)?.ms ?? waitMsMin / 2;
    const ms = Math.max(failure.retryAfterMs ?? 0, Math.min(before * 2, waitMsMax));
    waits.set(planning.id, { ms, untilMs: deps.clock.now().getTime() + ms });
  };
  return {
    name: planningsJobName,
    everyMs,
    run: async (signal) => {
      const underWay = new Map<string, Promise<void>>();
      try {
        // New requests begin beside those under way: a slow model must not delay them.
        do {
          const open = await deps.database.run(openPlannings, signal);
          for (const id of waits.keys()) if (!open.some((planning) => planning.id === id)) waits.delete(id);
          const due = open.filter((planning) => !underWay.has(planning.id) && isDue(planning));
          for (const planning of due.slice(0, atOnceMax - underWay.size))
            underWay.set(
              planning.id,
              carry(planning, signal).finally(() => underWay.delete(planning.id)),
            );
          if (underWay.size > 0) await Promise.race([...underWay.values(), sleep(everyMs, signal)]);
        } while (underWay.size > 0);
      } finally {
        // The lock of the job ends with it: what is under way would be carried out twice.
        await Promise.allSettled(underWay.values());
      }
    },
  };
}

/** The failure to wait for, before it is tried again; null if it has ended. */
async function carryOut(
  deps: PlanningsDeps,
  planning: Planning,
  signal: AbortSignal,
): Promise<MooseError | null> {
  const note = (cause: unknown, isFinal: (error: MooseError) => boolean) => {
    if (signal.aborted) throw cause;
    const error = toMooseError(cause, 'specs', 'plan');
    const ends = isFinal(error);
    deps.logger.warn({ err: error, specId: planning.specId, isFinal: ends }, 'could not plan a spec');
    deps.errors.record(error, { strategy: ends ? 'escalate' : 'retry' });
    return { error, ends };
  };
  const openMs = deps.clock.now().getTime() - planning.askedAt.getTime();
  const isLast = planning.calls >= callsMax || openMs > openMsMax;
  try {
    await plan(deps, planning, signal);
    return null;
  } catch (cause) {
    const { error, ends } = note(cause, ({ retryable }) => !retryable || isLast);
    if (!ends) return error;
    try {
      await end(deps, planning, error, signal);
      return null;
    } catch (unwritten) {
      // It stays open, and must not stop the others.
      return note(unwritten, () => false).error;
    }
  }
}

async function plan(deps: PlanningsDeps, asked: Planning, signal: AbortSignal): Promise<void> {
  const { database } = deps;
  const [spec, project] = await Promise.all([
    database.run((query) => findSpec(query, asked.specId), signal),
    database.run((query) => projectById(query, asked.projectId), signal),
  ]);
  const ground = await readGround(projectHere(project, deps.settings.dataDirectory), spec, asked, signal);
  const reservationId = await begin(deps, asked, ground, signal);
  if (reservationId === null) return;
  let refused = await lastRefused(deps, asked, signal);
  let { rounds } = asked;
  // The process died between the last answer and the end.
  if (rounds >= roundsMax) throw stillInvalid(asked, refused ?? unreadable);
  for (;;) {
    const call = { planning: { ...asked, reservationId }, spec, ground, refused, round: rounds + 1 };
    const mayAsk = await database.transaction(async (query) => {
      if (!(await holdPlanning(query, asked.id))) return false;
      await countPlanning(query, asked.id, 'calls');
      return true;
    }, signal);
    if (!mayAsk) return;
    deps.reached('planning:before-call');
    const answer = await askArchitect(deps, call, signal);
    deps.reached('planning:answered');
    rounds += 1;
    const judged = await judge(deps, { asked, ground, answer, rounds }, signal);
    if (judged === null) return;
    if (rounds >= roundsMax) throw stillInvalid(asked, judged);
    refused = judged;
  }
}

/** The reservation, made once; null if the request was cancelled. @throws PermanentError `PLAN_OVER_MONTH` */
function begin(
  { database }: PlanningsDeps,
  { id, limitNanoUsd, specId }: Planning,
  { baseBranch, baseSha }: PlanGround,
  signal: AbortSignal,
): Promise<ReservationId | null> {
  return database.transaction(async (query) => {
    const held = await holdPlanning(query, id);
    if (!held) return null;
    if (held.reservationId) return held.reservationId;
    const { reservationId } = await reserveBudget(query, limitNanoUsd, architect, { spec_id: specId });
    if (reservationId === null) throw overTheMonth(limitNanoUsd);
    await beginPlanning(query, id, { reservationId, baseBranch, baseSha });
    return reservationId;
  }, signal);
}

/** The last plan of this request, if it was refused: another process may have asked for it. */
async function lastRefused(
  { database }: PlanningsDeps,
  { id, specId }: Planning,
  signal: AbortSignal,
): Promise<Refused | null> {
  const newest = await database.run((query) => newestPlan(query, specId), signal);
  if (newest?.planningId !== id || newest.problems.length === 0) return null;
  return { plan: newest.plan, problems: newest.problems };
}

interface Judged {
  asked: Planning;
  ground: PlanGround;
  answer: PlanAnswer;
  rounds: number;
}

/** Stores the answer; null if it is valid, or if the request was cancelled meanwhile. */
async function judge(
  { database, clock }: PlanningsDeps,
  { asked, ground, answer, rounds }: Judged,
  signal: AbortSignal,
): Promise<Refused | null> {
  const problems = answer.plan ? problemsOf(answer.plan, (path) => ground.paths.has(path)) : [];
  const isValid = answer.plan !== null && problems.length === 0;
  const isOpen = await database.transaction(async (query) => {
    if (!(await holdPlanning(query, asked.id))) return false;
    await countPlanning(query, asked.id, 'rounds');
    if (answer.plan) await store(query, asked, { plan: answer.plan, problems, rounds, at: clock.now() });
    if (isValid) await closePlanning(query, asked.id, { state: 'planned' });
    return true;
  }, signal);
  if (!isOpen || isValid) return null;
  return answer.plan
    ? { plan: answer.plan, problems }
    : { plan: null, problems: [{ message: answer.problem }] };
}

async function store(
  query: Query,
  { id, specId, model }: Planning,
  {
    plan,
    problems,
    rounds,
    at,
  }: { plan: Plan; problems: ReturnType<typeof problemsOf>; rounds: number; at: Date },
): Promise<void> {
  const because = rounds === 1 ? 'planned' : `repaired (${rounds - 1} of ${roundsMax - 1})`;
  await addPlan(query, {
    ...{ id: newId<string>(at), specId, plan, problems, because },
    ...{ planningId: id, madeBy: `architect:${model}` },
  });
}

async function end(
  { database }: PlanningsDeps,
  { id }: Planning,
  { code, message, advice }: MooseError,
  signal: AbortSignal,
): Promise<void> {
  await database.transaction(
    (query) =>
      closePlanning(query, id, { state: 'failed', failure: { code, message, advice: advice ?? null } }),
    signal,
  );
}

/** An answer that is no plan is not stored. */
const unreadable: Refused = {
  plan: null,
  problems: [{ message: 'its last answer could not be read as a plan.' }],
};

function stillInvalid({ specId }: Planning, { problems }: Refused): PermanentError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new PermanentError({
    code: 'PLAN_NOT_REPAIRED',
    component: 'specs',
    operation: 'plan',
    message: `The Architect's plan is still not valid after ${roundsMax - 1} repairs: ${first?.message ?? ''}${more}`,
    advice: `Correct its newest version yourself (\`moose spec edit ${shortId(specId)} --file FILE\`), make the spec more precise, or plan it again with \`moose spec plan ${shortId(specId)}\`.`,
  });
}

function overTheMonth(nanoUsd: bigint): PermanentError {
  return new PermanentError({
    code: 'PLAN_OVER_MONTH',
    component: 'budget',
    operation: 'reserve',
    failureClass: 'budget_exceeded',
    message: "What planning this spec may cost exceeds what is left of this month's limit.",
    advice: 'Raise it (`moose limits --monthly USD`), or wait for the next month.',
    metadata: { estimateNanoUsd: nanoUsd.toString() },
  });
}
