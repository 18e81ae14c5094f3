// The Director (R-SPEC-1) decides by its policy about each valid plan that is to be run: it approves the
// plan, or asks a person. The decision, its reasons and the estimates are one transaction. The approval after
// it is idempotent, so if the process dies in between, the next one approves.
import type { Logger } from 'pino';
import { limitsFor } from '../../../domain/limits/director-limits.ts';
import { usdNumber } from '../../../domain/money.ts';
import { isHuman } from '../../../domain/people/person.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database, Query } from '../../../store/database.ts';
import { finishedCosts } from '../../../store/figures/finished-costs.ts';
import { drawnFrom } from '../../../store/money/costs.ts';
import {
  decideAgain,
  hasUndecided,
  holdUndecided,
  keepEstimates,
  markApproving,
  markDecided,
  staleQuestions,
  undecidedPlannings,
  wasAskedAbout,
} from '../../../store/work/plans/decided-plans.ts';
import { newestPlan, type Planning, type SpecPlan } from '../../../store/work/plans/plannings.ts';
import { findSpec, type SpecRow } from '../../../store/work/plans/specs.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import type { ErrorLog } from '../../errors/error-log.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { removedWords } from '../../policy/assessment-policy.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { askHuman } from '../../questions/ask-human.ts';
import { eachAlone } from '../../questions/each-alone.ts';
import { planQuestionCode } from '../../questions/plan-questions.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { approveAndRun } from '../approve-and-run.ts';
import { estimateOrders, totalOf } from '../estimate-orders.ts';
import { harmlessPart, type Objection, objectionsTo, type PlanFacts } from './director-policy.ts';
import { planQuestion } from './plan-question.ts';

export interface DirectorDeps {
  database: Database;
  clock: Clock;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  settings: EngineSettings;
  /** For crash tests. */
  reached(point: string): void;
}

export const directorActor = 'moose:director';
export const directorJobName = 'director';
/** Besides its bell. */
const everyMs = 5_000;
const atOnceMax = 20;

export function directorJob(deps: DirectorDeps): PeriodicJob {
  const { database } = deps;
  return {
    name: directorJobName,
    everyMs,
    due: hasUndecided(planQuestionCode),
    run: async (signal) => {
      const undecided = await database.run((query) => undecidedPlannings(query, atOnceMax), signal);
      await eachAlone(undecided, (id) => executeDecision(deps, id, signal), signal);
      const stale = await database.run((query) => staleQuestions(query, planQuestionCode), signal);
      if (stale.length === 0) return;
      await database.transaction(async (query) => {
        for (const { groupKey, specId } of await staleQuestions(query, planQuestionCode)) {
          await withdraw(query, { groupKey }, 'the plan has changed, or somebody has approved it');
          // Somebody wanted to run the plan, so the Director also decides about its newest version.
          await decideAgain(query, specId);
        }
      }, signal);
    },
  };
}

async function executeDecision(deps: DirectorDeps, id: string, signal: AbortSignal): Promise<void> {
  const { database } = deps;
  const approved = await database.transaction((query) => decide(query, deps, id), signal);
  if (approved === null) return;
  deps.reached('director:decided');
  const { specId, version, by } = approved;
  try {
    await approveAndRun({ ...deps, settings: { current: deps.settings } }, { spec: specId, version, by });
  } catch (cause) {
    const error = toMooseError(cause, 'specs', 'approve');
    if (error.category !== 'permanent') throw cause;
    deps.errors.record(error, { strategy: 'escalate' });
    await database.transaction(async (query) => {
      await markDecided(query, id);
      await raiseAndNotify(
        query,
        {
          key: `director:${specId}`,
          severity: 'medium',
          component: 'specs',
          operation: 'approve',
          code: error.code,
          message: `A plan could not be started: ${error.message}`,
          metadata: { specId, advice: error.advice ?? null },
        },
        error.advice,
      );
    }, signal);
    return;
  }
  deps.reached('director:approved');
  await database.run((query) => markDecided(query, id), signal);
}

interface Approved {
  specId: string;
  version: number;
  by: string;
}

/** What to approve now; null if a person is asked, or there is nothing to decide. */
async function decide(query: Query, deps: DirectorDeps, id: string): Promise<Approved | null> {
  const planning = await holdUndecided(query, id);
  if (!planning) return null;
  const { specId } = planning;
  const plan = await newestPlan(query, specId);
  if (!plan || plan.problems.length > 0) {
    await markDecided(query, id);
    return null;
  }
  // A person who is asked about a plan and edits it has not answered: the policy also decides about the edited plan.
  const wasAsked = await wasAskedAbout(query, specId);
  const isByPerson = plan.planningId === null && isHuman(plan.madeBy) && !wasAsked;
  const approved = { specId, version: plan.version, by: isByPerson ? plan.madeBy : directorActor };
  if (planning.approvingVersion === plan.version) return approved;
  const [spec, facts] = [await findSpec(query, specId), await factsOf(query, deps, planning, plan)];
  // A plan written by a person counts as that person's decision; an edit by a program does not.
  const objections = isByPerson ? [] : objectionsTo(facts);
  await keepEstimates(query, { specId, version: plan.version }, facts.estimates);
  await log(query, { plan, facts, objections, by: approved.by });
  if (objections.length > 0) {
    await ask(query, planning, { spec, plan, facts, objections });
    await markDecided(query, id);
    return null;
  }
  await markApproving(query, id, plan.version);
  return approved;
}

async function factsOf(
  query: Query,
  { settings }: DirectorDeps,
  { projectId }: Planning,
  { plan }: SpecPlan,
): Promise<PlanFacts> {
  const project = await projectById(query, projectId);
  const { assessment } = settings;
  const limits = limitsFor(settings.director, project.settings.director);
  const estimates = estimateOrders(plan, await finishedCosts(query), assessment);
  return { plan, estimates, assessment, limits };
}

async function ask(
  query: Query,
  { reservationId, runFor, askedBy }: Planning,
  asked: { spec: SpecRow; plan: SpecPlan; facts: PlanFacts; objections: readonly Objection[] },
): Promise<void> {
  const { spec, plan, facts, objections } = asked;
  const drawn = reservationId ? await drawnFrom(query, reservationId) : null;
  const question = planQuestion({
    spec,
    version: plan.version,
    plan: plan.plan,
    estimates: facts.estimates,
    objections,
    part: harmlessPart(facts),
    runFor: runFor ?? askedBy,
    planNanoUsd: drawn ? drawn.settled + drawn.presumed : 0n,
  });
  // A question about another version may still be open.
  await withdraw(query, { groupKey: question.groupKey }, 'there is a newer plan');
  await askHuman(query, { ...question, workOrderId: null });
}

interface Logged {
  plan: SpecPlan;
  facts: Pick<PlanFacts, 'estimates' | 'limits' | 'assessment'>;
  objections: readonly Objection[];
  by: string;
}

async function log(query: Query, { plan, facts, objections, by }: Logged): Promise<void> {
  const { lowNanoUsd, midNanoUsd, highNanoUsd } = totalOf(facts.estimates.values());
  const isApproved = objections.length === 0;
  await logDecision(query, {
    workOrderId: null,
    // Asks the question, or skips it.
    kind: isApproved ? 'skip' : 'escalation',
    agentType: 'director',
    input: {
      spec_id: plan.specId,
      version: plan.version,
      made_by: plan.madeBy,
      limits: facts.limits,
      work_orders: plan.plan.work_orders.length,
      hard_stops_off: removedWords(facts.assessment),
      estimate_usd: {
        low: usdNumber(lowNanoUsd),
        mid: usdNumber(midNanoUsd),
        high: usdNumber(highNanoUsd),
        without_history: [...facts.estimates.values()].filter(({ basis }) => basis === 'policy').length,
      },
    },
    output: { decision: isApproved ? 'approve' : 'ask', by, objections },
  });
}
