// Plans for tests: a valid one, and changes to it.
import type { Plan } from './plan.ts';

export type PlannedWorkOrder = Plan['work_orders'][number];

export function planned(key: string, given: Partial<PlannedWorkOrder> = {}): PlannedWorkOrder {
  return {
    key,
    title: `Build ${key}`,
    description: `Write src/${key}.ts.`,
    acceptance: [{ text: `${key} works`, proof: 'test', target: `src/${key}.test.ts` }],
    files: [
      { path: `src/${key}.ts`, act: 'create', kind: 'source' },
      { path: `src/${key}.test.ts`, act: 'create', kind: 'test' },
    ],
    depends_on: [],
    complexity: 0.2,
    ...given,
  };
}

export function planOf(workOrders: PlannedWorkOrder[], contracts: Plan['contracts'] = []): Plan {
  return { summary: 'A shop with a basket.', work_orders: workOrders, contracts };
}
