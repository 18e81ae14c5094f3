// Lets the learned policy choose the model and agent of a work order, instead of the static rule (R-LRN-4):
// before the first try, and after a verified failure. The recovery table still handles faults of providers
// and agents.

import type { MooseError } from '../../../domain/failure.ts';
import { kindOfWork } from '../../../domain/learning/kind-of-work.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Query } from '../../../store/database.ts';
import { newestChoice } from '../../../store/work/learning/learners.ts';
import { isBaseRed } from '../../../store/work/projects/base-checks.ts';
import type { Decision } from '../../../store/work/work-orders/decisions.ts';
import type { ArmChoice, ArmQuestion, OfferedArm } from '../../learner/arm-question.ts';
import { nameOf } from '../../learner/arm-question.ts';
import { chooseArm } from '../../learner/choose-arm.ts';
import { keepChoice } from '../../learner/keep-choice.ts';
import type { Assessment } from '../../policy/assess.ts';
import type { Agent } from '../../ports/agent.ts';
import { fenced, type Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { armsOnOffer } from './arms-on-offer.ts';

export interface LearnedRoute {
  agent: string;
  /** In the order in which they are tried: the chosen one, then the static rule's fallbacks. */
  models: readonly string[];
  /** How much the first model is told to think; absent: the agent decides. */
  effort?: string | undefined;
  /** Logs the decision; call it in the transaction that stores the route. */
  log(query: Query, decision: Decision): Promise<void>;
}

interface StaticRoute {
  agent: Agent;
  models: readonly string[];
  /** All models that may be used, if nobody has chosen one. */
  otherModels: readonly string[];
  isAgentFixed: boolean;
  isModelFixed: boolean;
  /** The cost limit that the work order, its project or its file sets. */
  limitUsd: number | null;
  assessment: Assessment;
  baseSha: string;
  files: number;
}

/**
 * Null if the project does not learn, or there is nothing to choose.
 * @throws PermanentError `WORK_NOT_WORTH_ITS_COST`, which asks a person
 */
export async function learnedRoute(work: Work, route: StaticRoute): Promise<LearnedRoute | null> {
  const { database, signal } = work;
  const question = await database.run((query) => questionOf(query, work, route), signal);
  if (question === null) return null;
  const before = await database.run((query) => newestChoice(query, work.order.id), signal);
  if (before?.runId === work.run.id && before.arm === null) throw notWorthIt(question, before.decisionOutput);
  const choice = await database.run((query) => chooseArm(query, question), signal);
  if (choice === null) return null;
  const log = (query: Query, decision: Decision) => keepChoice(query, question, choice, decision);
  if (choice.arm === null) {
    const output = { arm: null, policy: choice.policy };
    await fenced(work, (query) => log(query, { ...decisionOf(work, route), output }));
    work.reached('routing:declined', work.run.id);
    throw notWorthIt(question, choice);
  }
  return { ...routeOf(choice, choice.arm, route.models), log };
}

function decisionOf({ order }: Work, { files, assessment }: StaticRoute): Omit<Decision, 'output'> {
  const input = { title: order.title, files, hardStopWords: assessment.hardStopWords };
  return { workOrderId: order.id, kind: 'routing', agentType: 'manager', input };
}

async function questionOf(query: Query, work: Work, route: StaticRoute): Promise<ArmQuestion | null> {
  const { order, project, run, settings } = work;
  const mode = project.settings.learning ?? 'shadow';
  const { agent, assessment, isAgentFixed, isModelFixed, limitUsd, baseSha } = route;
  const models = isModelFixed ? route.models : [...new Set([...route.models, ...route.otherModels])];
  const [first, ...others] = await armsOnOffer(work, { agent, models, isAgentFixed, limitUsd });
  if (mode === 'off' || first === undefined) return null;
  const isRed = await isBaseRed(query, { projectId: project.id, baseSha });
  return {
    workOrderId: order.id,
    projectId: project.id,
    runId: run.id,
    mode,
    offer: [first, ...others],
    configured: { agents: [...work.agents.keys()], models: configuredModels(work) },
    isFixed: isModelFixed && isAgentFixed,
    isRisky: isRed || assessment.hardStopWords.length > 0,
    // A person who names a model, or asks for another run, has decided that the work is worth it.
    mayDecline: run.number === 1 && !isModelFixed,
    kind: kindOfWork(order),
    features: {
      complexity: assessment.complexity,
      tier: assessment.tier,
      files: route.files,
      hard_stop_words: assessment.hardStopWords,
      is_base_red: isRed,
    },
    valueUsd: usdNumber(settings.finishedValueNanoUsd),
  };
}

function configuredModels({ settings, project }: Work): string[] {
  const { light, standard, strong } = settings.models;
  const { model } = project.settings;
  return [...light, ...standard, ...strong, ...(model ? [model] : [])];
}

function routeOf(
  { policy }: ArmChoice,
  arm: OfferedArm,
  models: readonly string[],
): Pick<LearnedRoute, 'agent' | 'models' | 'effort'> {
  const { agent, effort } = arm;
  if (policy === 'static') return { agent, models, effort };
  return { agent, effort, models: [arm.model, ...models.filter((name) => name !== arm.model)] };
}

function notWorthIt({ offer, valueUsd }: ArmQuestion, { because }: { because?: unknown }): MooseError {
  return pipelineFailures.WORK_NOT_WORTH_ITS_COST(
    { operation: 'routing', metadata: { model: offer[0].model, arms: offer.map(nameOf), because } },
    { value: `$${valueUsd.toFixed(2)}` },
  );
}
