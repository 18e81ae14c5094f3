// What interfaces can read about money.

import type { Database } from '../../../store/database.ts';
import { type BudgetDifference, proveBudget } from '../../../store/money/budget-proof.ts';
import { type BudgetRows, budgetRows } from '../../../store/money/budget-report.ts';

export type BudgetReport = BudgetRows;

export function askBudget({ database }: { database: Database }) {
  return {
    /** The current budget, and who spent money today. */
    budget: (): Promise<BudgetReport> => database.run(budgetRows),
    /** Counters that differ from the sum of their rows; empty if all are correct. */
    checkBudget: (): Promise<BudgetDifference[]> => database.run(proveBudget),
  };
}
