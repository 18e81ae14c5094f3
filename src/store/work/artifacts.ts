import { newId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { ArtifactKind } from '../schema/tables.ts';

/**
 * Stores what a step made, so that a later step can run on another machine. Within a cycle, a newer one replaces it.
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

export async function newestArtifact(
  query: Query,
  workOrderId: WorkOrderId,
  kind: ArtifactKind,
): Promise<Buffer | undefined> {
  const row = await query
    .selectFrom('artifacts')
    .select('content')
    .where('workOrderId', '=', workOrderId)
    .where('kind', '=', kind)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.content;
}
