// A part of a plan: some of its work orders, and the contracts between them. Pure.
import type { Plan } from './plan.ts';

export function partOfPlan(plan: Plan, keys: ReadonlySet<string>): Plan {
  return {
    ...plan,
    work_orders: plan.work_orders.filter(({ key }) => keys.has(key)),
    contracts: plan.contracts
      .filter(({ provider }) => keys.has(provider))
      .map((contract) => ({ ...contract, users: contract.users.filter((user) => keys.has(user)) }))
      .filter(({ users }) => users.length > 0),
  };
}
