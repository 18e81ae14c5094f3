// The kind of a planned work order: that of its most demanding file. Pure.
import type { Plan } from './plan.ts';

/** The most demanding first. */
const kinds = ['migration', 'schema', 'source', 'config', 'test', 'docs', 'asset'] as const;
export type OrderKind = (typeof kinds)[number] | 'none';

export function kindOfOrder({ files }: Pick<Plan['work_orders'][number], 'files'>): OrderKind {
  return kinds.find((kind) => files.some((file) => file.kind === kind)) ?? 'none';
}
