import { newId, type RunId, type WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { ArtifactKind } from '../../schema/column-shapes.ts';

/**
 * Stores the change that a step made, so that a later step can run on another machine. Within a cycle, a newer one
 * replaces it.
 */
export async function saveArtifact(
  query: Query,
  artifact: { workOrderId: WorkOrderId; runId: RunId; cycle: number; kind: ArtifactKind; content: Buffer },
): Promise<void> {
  await query
    .insertInto('artifacts')
    .values({ id: newId(new Date()), ...artifact })
    .onConflict((conflict) =>
      conflict
        .columns(['runId', 'cycle', 'kind'])
        .doUpdateSet((set) => ({ content: set.ref('excluded.content') })),
    )
    .execute();
}

/** By the numbers of runs and cycles, as with the results of steps. */
export async function newestArtifact(
  query: Query,
  workOrderId: WorkOrderId,
  kind: ArtifactKind,
): Promise<Buffer | undefined> {
  const row = await query
    .selectFrom('artifacts')
    .innerJoin('runs', 'runs.id', 'artifacts.runId')
    .select('content')
    .where('artifacts.workOrderId', '=', workOrderId)
    .where('artifacts.kind', '=', kind)
    .orderBy('runs.number', 'desc')
    .orderBy('artifacts.cycle', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.content;
}

/** The newest patch at that time, ignoring the cycle `except`. */
export async function findPatchAt(
  query: Query,
  workOrderId: WorkOrderId,
  at: Date,
  except: { runId: RunId; cycle: number } | null,
): Promise<Buffer | undefined> {
  const found = await query
    .selectFrom('artifacts')
    .select('content')
    .where('workOrderId', '=', workOrderId)
    .where('kind', '=', 'patch')
    .where('createdAt', '<=', at)
    .where(({ not, and, eb, lit }) =>
      except ? not(and([eb('runId', '=', except.runId), eb('cycle', '=', except.cycle)])) : lit(true),
    )
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found?.content;
}
