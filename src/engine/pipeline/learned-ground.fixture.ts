// For tests: a work order at routing, in a project with past outcomes.

import { createHash } from 'node:crypto';
import { PermanentError } from '../../domain/failure.ts';
import type { LearningMode } from '../../domain/learning/learning-mode.ts';
import type { RoutingResult } from '../../domain/work-order/step-result.ts';
import type { Database } from '../../store/database.ts';
import { lockLearner, saveLearner } from '../../store/work/learning/learners.ts';
import { recordOf } from '../learner/known-arms.fixture.ts';
import type { StepEnd } from '../run/work.ts';
import { armOf } from './routing/arms-on-offer.ts';
import { routing } from './routing/routing.ts';
import { atStep, type Ground } from './scratch-pipeline.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';

/** A failure that a check has found, after which another arm follows. */
export const checkFailed = new PermanentError({
  code: 'CHECK_FAILED',
  component: 'pipeline',
  operation: 'verify',
  message: 'It fails.',
  failureClass: 'test_fail',
  advice: 'Look.',
});

export const names = ['p/light', 'p/standard', 'p/strong'];
const models = names.map((name) => scriptedModel(name));
const ladder = { models: { light: ['p/light'], standard: ['p/standard'], strong: ['p/strong'] } };
export type ScratchWork = Ground['work'];

const isHeldOut = ({ order }: ScratchWork) =>
  createHash('sha256').update(`hold-out ${order.id}`).digest().readUInt32BE(0) / 2 ** 32 < 0.1;

/** A work order at routing. Its project has seen these pass rates, in 30 outcomes for each of the three models. */
export async function ground(
  database: Database,
  learning: LearningMode | undefined,
  passed: readonly number[] | null = [0, 0.2, 1],
  diesAt?: string,
): Promise<ScratchWork> {
  const given = { models, settings: ladder, ...(diesAt ? { diesAt } : {}) };
  const { work } = await atStep(database, 'routing', given);
  if (isHeldOut(work)) return ground(database, learning, passed, diesAt);
  if (learning !== undefined) work.project.settings = { ...work.project.settings, learning };
  const settings = JSON.stringify(work.project.settings);
  await work.database.query
    .updateTable('projects')
    .set({ settings })
    .where('id', '=', work.project.id)
    .execute();
  if (passed !== null) {
    const agent = work.agents.get('scripted');
    if (!agent) throw new Error('There is no agent');
    const seen = names.map((name, index) => ({
      arm: armOf(work, agent, name),
      outcomes: 30,
      passed: passed[index] ?? 0,
    }));
    await work.database.transaction(async (query) => {
      const { projectId } = await lockLearner(query, work.project.id);
      await saveLearner(query, { projectId, state: recordOf(seen), events: 0n });
    });
  }
  work.order.title = 'Fix the parser';
  await work.database.query
    .updateTable('workOrders')
    .set({ title: work.order.title })
    .where('id', '=', work.order.id)
    .execute();
  return work;
}

export const choices = ({ database, order }: ScratchWork) =>
  database.query
    .selectFrom('decisionLogs')
    .selectAll()
    .where('workOrderId', '=', order.id)
    .where('try', 'is not', null)
    .orderBy('try')
    .execute();

export async function routed(
  work: ScratchWork,
): Promise<{ end: Extract<StepEnd, { end: 'done' }>; result: RoutingResult }> {
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return { end, result: end.result };
}
