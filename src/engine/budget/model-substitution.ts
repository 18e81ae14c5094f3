// A provider answers with a dearer model than the one that was asked for: people are told once for each pair.

import type { Query } from '../../store/database.ts';
import { type DearerAnswer, keepDearerAnswer } from '../../store/money/model-substitutions.ts';
import { raiseAndNotify } from '../notify/raise-and-notify.ts';
import { budgetFindings } from './failure-catalogue.ts';

/** Needs a transaction. */
export async function reportSubstitution(query: Query, answer: DearerAnswer): Promise<void> {
  if (!(await keepDearerAnswer(query, answer))) return;
  const { model, answered, callId } = answer;
  await raiseAndNotify(
    query,
    {
      key: `price.dearer:${model}:${answered}`,
      severity: 'medium',
      component: 'budget',
      operation: 'settle',
      ...budgetFindings.MODEL_ANSWER_DEARER({ answered, model }),
      metadata: { model, answered, callId },
    },
    `Set MOOSE_MODELS to the model that you want to pay for. If ${answered} costs you less than Moose's price, set its price in MOOSE_PRICES.`,
  );
}
