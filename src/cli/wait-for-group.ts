// Waits until a work order ends. For candidates, waits until all have ended, and then shows the one that was
// kept. For a joint change, waits until all have ended or one of them needs a person.

import type { WorkOrder } from '../contract/contract.ts';
import { showWorkOrderRecord } from '../contract/operations/work-orders.ts';
import type { CliContext, OpenMoose } from './context.ts';
import { viewOf } from './remote/view-of.ts';
import type { Printer } from './terminal/printer.ts';
import { waitForWorkOrder } from './wait-for-work-order.ts';

export async function waitForGroup(
  context: CliContext,
  opened: OpenMoose,
  printer: Printer,
  order: Parameters<typeof waitForWorkOrder>[3],
): Promise<WorkOrder> {
  const { ask } = opened;
  const { joint_change } = await ask(showWorkOrderRecord, { params: { id: order.id } });
  if (joint_change !== null) {
    const ids = joint_change.items.map(({ work_order_id }) => work_order_id);
    const others = ids.filter((id) => id !== order.id).map((id) => ({ id }));
    await waitForWorkOrder(context, opened, printer, order, '0', others);
    const views = await Promise.all(ids.map((id) => viewOf(ask, id)));
    const asking = views.find(({ status }) => status === 'needs_review' || status === 'failed');
    return asking ?? views.find(({ status }) => status !== 'completed') ?? viewOf(ask, order.id);
  }
  const view = await waitForWorkOrder(context, opened, printer, order, '0');
  if (view.candidate === null) return view;
  const { candidates } = await ask(showWorkOrderRecord, { params: { id: order.id } });
  for (const { work_order_id } of candidates?.items ?? [])
    if (work_order_id !== order.id)
      await waitForWorkOrder(context, opened, printer, { id: work_order_id }, '0');
  const decided = (await ask(showWorkOrderRecord, { params: { id: order.id } })).candidates?.items ?? [];
  return viewOf(ask, decided.find(({ is_kept }) => is_kept === true)?.work_order_id ?? order.id);
}
