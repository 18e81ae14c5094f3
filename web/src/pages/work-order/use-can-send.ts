import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { useMayAct } from '../escalations/use-me.ts';

const over: ReadonlySet<WorkOrderDetail['status']> = new Set(['completed', 'cancelled']);

/** True while an agent works, which a message can interrupt. */
export function isAgentAtWork({ status, step }: Pick<WorkOrderDetail, 'status' | 'step'>): boolean {
  return status === 'in_progress' && step === 'applying';
}

/** True if the work order can still read a message: it has not ended, and a command reads none. */
export function useCanSend({ status, command }: Pick<WorkOrderDetail, 'status' | 'command'>): boolean {
  return useMayAct() && !over.has(status) && command === null;
}
