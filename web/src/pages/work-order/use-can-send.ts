import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { useMayAct } from '../escalations/use-me.ts';

const over: ReadonlySet<WorkOrderDetail['status']> = new Set(['completed', 'cancelled']);

/** Whether somebody reads a message yet: not after the end. */
export function useCanSend(status: WorkOrderDetail['status']): boolean {
  return useMayAct() && !over.has(status);
}
