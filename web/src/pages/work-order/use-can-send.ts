import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { useMayAct } from '../escalations/use-me.ts';

const over: ReadonlySet<WorkOrderDetail['status']> = new Set(['completed', 'cancelled']);

/** Whether an agent works, whom a message can interrupt. */
export function isAgentAtWork({ status, step }: Pick<WorkOrderDetail, 'status' | 'step'>): boolean {
  return status === 'in_progress' && step === 'applying';
}

/** Whether a message can still be read by the work order: not after it has ended. */
export function useCanSend(status: WorkOrderDetail['status']): boolean {
  return useMayAct() && !over.has(status);
}
