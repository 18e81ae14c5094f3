// For tests: a work order that stopped at `verifying` and asks a question, on a real database but without a repository.

import type { WorkOrderId } from '../../domain/ids.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { type Escalation, escalationById, type NewEscalation } from '../../store/failures/escalations.ts';
import { saveStepResult, updateRun } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { askHuman } from './ask-human.ts';

export const by = 'human:ada';
export const depsOf = (database: Database) => ({ database, clock: systemClock });

/** A work order that stopped at `verifying` and asks a question. */
export async function asking(
  database: Database,
  given: Partial<NewEscalation> & { repositoryPath?: string } = {},
) {
  const { repositoryPath = '/srv/api', ...question } = given;
  const scratch = await aWorkOrderAtWork(database, { step: 'verifying', repositoryPath });
  const { workOrderId, runId } = scratch;
  for (const step of ['routing', 'generating', 'applying'] as const)
    await saveStepResult(database.query, {
      runId,
      workOrderId,
      step,
      cycle: 0,
      result: stepResult(step),
      startedAt: new Date(),
    });
  await updateRun(database.query, runId, { state: 'ended' });
  const { id } = await askHuman(database.query, {
    workOrderId,
    runId,
    failureClass: 'test_fail',
    code: 'CHECK_FAILED',
    title: 'It failed',
    context: { step: 'verifying' },
    options: [
      { ...free, id: 'retry', kind: 'retry', label: 'Retry', from: 'verifying' },
      {
        ...free,
        id: 'model:p/b',
        kind: 'other_model',
        label: 'Let p/b try',
        from: 'generating',
        model: 'p/b',
      },
      { ...free, id: 'cancel', kind: 'cancel', label: 'Cancel' },
    ],
    recommendedOption: 'retry',
    ...question,
  });
  await to(database, workOrderId, { status: 'needs_review', stepState: 'manual_intervention_required' });
  return { ...scratch, id, question: () => one(database, id) };
}

const free = { costNanoUsd: '0', risk: 'low', chance: null, chanceOf: 0 } as const;

export async function to(
  database: Database,
  id: WorkOrderId,
  change: Partial<Parameters<typeof changeWorkOrder>[3]>,
) {
  const because = { changedBy: 'moose:1', changedBecause: 'test' };
  if (!(await changeWorkOrder(database.query, id, {}, { ...because, ...change })))
    throw new Error('Not changed');
}

export async function one(database: Database, id: string): Promise<Escalation> {
  const found = await escalationById(database.query, id);
  if (!found) throw new Error('No such question');
  return found;
}
