// Records what has changed around a work order: each change once, as an event that `explain` and the pages show.
import { type GroundChange, groundWords } from '../../../domain/work-order/ground-change.ts';
import type { Query } from '../../../store/database.ts';
import { storableText } from '../../../store/storable.ts';
import { recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

const groundEvent = 'ground.changed';

export async function tellGround(
  query: Query,
  { id: workOrderId }: Pick<WorkOrder, 'id'>,
  changes: readonly GroundChange[],
  actor: string,
): Promise<void> {
  for (const change of changes) {
    // A pull request may be closed, and opened again, several times.
    const isRepeated = change.is === 'closed' || change.is === 'opened again';
    await recordEvent(query, {
      workOrderId,
      kind: groundEvent,
      actor,
      reason: storableText(groundWords(change)),
      detail: { ...change },
      ...(isRepeated ? {} : { factKey: storableText(`ground:${JSON.stringify(change)}`) }),
    });
  }
}
