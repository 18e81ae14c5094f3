// Collects what the database stores about an error and the step that failed.

import { type GeneratingResult, readStepResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../../store/database.ts';
import type { ErrorEvent } from '../../../store/failures/error-events.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { findResultAt } from '../../../store/work/runs/earlier-results.ts';
import { findPatchAt } from '../../../store/work/sessions/artifacts.ts';
import { workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { viewOfError } from '../error-view.ts';
import { type Recipe, readRecipe } from './recipe.ts';
import type { Material } from './reproduction.ts';

export async function findMaterial(query: Query, row: ErrorEvent): Promise<Material> {
  const recipe = readRecipe(row.metadata);
  const order = row.workOrderId ? await workOrderById(query, row.workOrderId) : undefined;
  const project = order ? await projectById(query, order.projectId) : undefined;
  const given = await generatedBefore(query, row);
  return {
    error: viewOfError(row),
    recipe,
    // The script clones the repository, which also works with the address of a remote.
    repositoryPath: project?.repositoryPath ?? project?.remoteAddress ?? null,
    title: order?.title ?? null,
    patch: await patchBefore(query, row, recipe),
    proposal: given?.proposal ?? null,
    brief: given?.brief ?? null,
  };
}

/** The newest patch; for a failed application, the one before it. */
async function patchBefore(query: Query, row: ErrorEvent, recipe: Recipe | null): Promise<Buffer | null> {
  if (!row.workOrderId) return null;
  const { runId } = row;
  const own = recipe?.kind === 'patch' && runId ? { runId, cycle: recipe.cycle } : null;
  return (await findPatchAt(query, row.workOrderId, row.timestamp, own)) ?? null;
}

async function generatedBefore(
  query: Query,
  { workOrderId, timestamp }: ErrorEvent,
): Promise<GeneratingResult | null> {
  if (!workOrderId) return null;
  const found = await findResultAt(query, workOrderId, 'generating', timestamp);
  return readStepResult('generating', found) ?? null;
}
