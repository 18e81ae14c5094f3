// For tests: rows that other rows refer to. They have no repository and no queue behind them.
import { newId, type ProjectId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import { type RunStep, runSteps, type Step } from '../../domain/transitions.ts';
import type { Database } from '../database.ts';
import { toJson } from '../storable.ts';
import { projectOf } from './projects/projects.ts';
import { changeWorkOrder, type WorkOrder, workOrderById } from './work-orders/work-orders.ts';

export interface Scratch {
  workOrderId: WorkOrderId;
  runId: RunId;
  projectId: ProjectId;
}

/** A work order at a step, with a run that carries it. */
export async function aWorkOrderAtWork(
  database: Database,
  given: {
    repositoryPath?: string;
    step?: Step;
    limitNanoUsd?: bigint;
    projectLimitUsd?: number;
    title?: string;
  } = {},
): Promise<Scratch> {
  const { query } = database;
  const now = new Date();
  const workOrderId = newId<WorkOrderId>(now);
  const runId = newId<RunId>(now);
  const project = await projectOf(query, given.repositoryPath ?? '/srv/api', now);
  if (given.projectLimitUsd !== undefined) {
    await query
      .updateTable('projects')
      .set({ settings: toJson({ limit_usd: given.projectLimitUsd }) })
      .where('id', '=', project.id)
      .execute();
  }
  await query
    .insertInto('workOrders')
    .values({
      id: workOrderId,
      projectId: project.id,
      title: given.title ?? 'Mend it',
      timeLimitMs: 300_000,
      limitNanoUsd: given.limitNanoUsd ?? null,
      run: 1,
      changedBy: 'human:test',
      changedBecause: 'submitted',
    })
    .execute();
  await query
    .insertInto('runs')
    .values({ id: runId, workOrderId, number: 1, kind: 'work', firstStep: 'routing' })
    .execute();
  await moveTo(database, workOrderId, given.step ?? 'routing');
  return { workOrderId, runId, projectId: project.id };
}

async function moveTo(database: Database, id: WorkOrderId, step: Step): Promise<void> {
  for (const next of runSteps.slice(0, runSteps.indexOf(step as RunStep) + 1)) {
    await changeWorkOrder(
      database.query,
      id,
      {},
      { status: 'in_progress', step: next, stepState: 'running', changedBy: 'moose:1', changedBecause: 'on' },
    );
  }
}

export async function theWorkOrder(database: Database, id: WorkOrderId): Promise<WorkOrder> {
  const order = await workOrderById(database.query, id);
  if (!order) throw new Error(`There is no work order ${id}`);
  return order;
}
