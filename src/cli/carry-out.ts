// Waits for a work order's end; where no Moose is running, this process does the work for as long as that takes.
import { describeEvent } from '../engine/monitor/describe-event.ts';
import type { WorkOrderView } from '../engine/monitor/work-order-view.ts';
import type { CliContext, OpenMoose } from './context.ts';
import { type Face, paint } from './face.ts';

/** What was asked for was not done, and it is for a human to say how it goes on. */
export const needsReviewCode = 3;

export async function carryOut(
  context: CliContext,
  opened: OpenMoose,
  face: Face,
  order: Awaited<ReturnType<OpenMoose['moose']['find']>>,
): Promise<WorkOrderView> {
  const { moose } = opened;
  const lost = new AbortController();
  const isCarried = (await moose.liveExecutors()) > 0;
  const worker = isCarried ? null : await context.work(opened, (error) => lost.abort(error));
  try {
    await moose.follow(order, {
      signal: AbortSignal.any([context.signal, lost.signal]),
      onEvent: (event) =>
        face.note(`${paint('gray', event.at.toISOString().slice(11, 19))} ${describeEvent(event)}`),
    });
  } finally {
    await worker?.close();
  }
  return moose.view(order.id);
}
