// What a face can ask about money.

import type { Database } from '../../store/database.ts';
import { type BudgetDifference, proveBudget } from '../../store/money/budget-proof.ts';
import { type BudgetRows, budgetRows } from '../../store/money/budget-report.ts';

export type BudgetReport = BudgetRows;

export function askBudget({ database }: { database: Database }) {
  return {
    /** Where money is at this moment, and who spent it today. */
    budget: (): Promise<BudgetReport> => database.run(budgetRows),
    /** Counters that do not say what they count; empty where all is well. */
    checkBudget: (): Promise<BudgetDifference[]> => database.run(proveBudget),
  };
}
