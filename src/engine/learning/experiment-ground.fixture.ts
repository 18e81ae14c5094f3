// For tests: a project with arms, and finished work orders of an experiment.
import { newId, type ProjectId } from '../../domain/ids.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { insertOutcome } from '../../store/figures/outcomes.ts';
import { lockLearner, saveLearner } from '../../store/work/learning/learners.ts';
import { aWorkOrderAtWork, type Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { nameOf } from '../learner/arm-question.ts';
import { chooseArm } from '../learner/choose-arm.ts';
import { keepChoice } from '../learner/keep-choice.ts';
import { aQuestion, light, recordOf, strong } from '../learner/known-arms.fixture.ts';
import { askExperiments } from './ask-experiments.ts';

/** The name of a project that has seen this many work orders with each of two arms. */
export async function learningProject(
  database: Database,
  outcomes = 30,
): Promise<{ projectId: ProjectId; project: string }> {
  const { projectId } = await aWorkOrderAtWork(database);
  await database.transaction(async (query) => {
    await lockLearner(query, projectId);
    const seen = [light, strong].map((arm) => ({ arm, outcomes, passed: 0.5 }));
    await saveLearner(query, { projectId, state: recordOf(seen), events: 0n });
  });
  const { name } = await database.query
    .selectFrom('projects')
    .select('name')
    .where('id', '=', projectId)
    .executeTakeFirstOrThrow();
  return { projectId, project: name };
}

export const experimentsAs = (database: Database, actor = 'human:ada') =>
  askExperiments({ database, clock: systemClock, actor });

export type Ending = (arm: string | null) => { success: boolean; costUsd: number };

/** Gives a work order to an arm, as routing does. */
export async function assign(database: Database, ids?: Scratch): Promise<Scratch & { arm: string | null }> {
  const scratch = ids ?? (await aWorkOrderAtWork(database));
  const question = aQuestion({ ...scratch, mode: 'shadow', offer: [light, strong] });
  const choice = await chooseArm(database.query, question);
  if (choice === null) throw new Error('No arm was chosen');
  const decision = { kind: 'routing', agentType: 'manager', input: {}, output: {} } as const;
  await database.transaction((query) =>
    keepChoice(query, question, choice, { ...decision, workOrderId: scratch.workOrderId }),
  );
  return { ...scratch, arm: choice.arm === null ? null : nameOf(choice.arm) };
}

/** Lets a work order run to its end, with the outcome of its arm. */
export async function playOrder(database: Database, ends: Ending): Promise<void> {
  const { arm, workOrderId, runId } = await assign(database);
  const { success, costUsd } = ends(arm);
  await insertOutcome(database.query, {
    id: newId<string>(new Date()),
    workOrderId,
    runId,
    success,
    model: 'p/m',
    agent: 'patch',
    try: 1,
    arm,
    complexity: 0.1,
    features: '{}',
    costNanoUsd: 0n,
    durationMs: 1n,
    refinementCycles: 0,
    counts: true,
    judgedBy: success ? 'checks' : 'run',
    fault: success ? null : 'work',
    failureClass: success ? null : 'test_fail',
  });
  await changeWorkOrder(
    database.query,
    workOrderId,
    {},
    { costNanoUsd: BigInt(Math.round(costUsd * 1e9)), changedBy: 'moose:1', changedBecause: 'spent' },
  );
  await changeWorkOrder(
    database.query,
    workOrderId,
    {},
    { status: 'failed', changedBy: 'moose:1', changedBecause: 'ended' },
  );
}
