import { shortId } from '../../domain/ids.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { commandFailures } from './failure-catalogue.ts';

/**
 * A command reads no messages, and has no agent or model that could be replaced (R-AGENT-2).
 * @throws PermanentError `COMMAND_HAS_NO_AGENT`
 */
export function refuseForCommand({ id, settings }: Pick<WorkOrder, 'id' | 'settings'>): void {
  if (settings.command === undefined) return;
  throw commandFailures.COMMAND_HAS_NO_AGENT({ operation: 'steer', workOrderId: id }, { id: shortId(id) });
}
