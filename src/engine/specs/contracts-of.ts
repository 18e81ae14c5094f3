// The contracts that a planned work order provides or relies on, as they were approved.
import type { Plan } from '../../domain/plan/plan.ts';
import type { Query } from '../../store/database.ts';
import {
  approvedPlan,
  type ContractCheck,
  contractChecksOf,
} from '../../store/work/plans/contract-checks.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';

export type Contract = Plan['contracts'][number];

export interface OwnContract {
  contract: Contract;
  role: ContractCheck['role'];
  /** Whether the plan lets this work order change the contract's file, without breaking the contract. */
  mayChange: boolean;
}

export interface OrderContracts {
  specId: string;
  /** Who approved the plan. */
  approvedBy: string;
  own: OwnContract[];
  /** The results of these contracts' checks, for all work orders. */
  checks: ContractCheck[];
}

/** Null if there are none. */
export async function contractsOf(
  query: Query,
  { specId, planKey }: Pick<WorkOrder, 'specId' | 'planKey'>,
): Promise<OrderContracts | null> {
  if (specId === null || planKey === null) return null;
  const approved = await approvedPlan(query, specId);
  const own = approved ? contractsOfKey(approved.plan, planKey) : [];
  if (!approved || own.length === 0) return null;
  const names = new Set(own.map(({ contract }) => contract.name));
  const checks = (await contractChecksOf(query, specId)).filter(({ name }) => names.has(name));
  return { specId, approvedBy: approved.approvedBy ?? '', own, checks };
}

export function contractsOfKey(plan: Plan, key: string): OwnContract[] {
  const files = new Set(plan.work_orders.find((order) => order.key === key)?.files.map(({ path }) => path));
  return plan.contracts.flatMap((contract): OwnContract[] => {
    const mayChange = files.has(contract.path);
    if (contract.provider === key) return [{ contract, role: 'provider', mayChange: true }];
    return contract.users.includes(key) ? [{ contract, role: 'user', mayChange }] : [];
  });
}
