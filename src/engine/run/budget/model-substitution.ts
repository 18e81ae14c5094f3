// A provider answers with another model than the one that was asked for, which costs more or has no price: people are told
// once for each pair.

import type { Query } from '../../../store/database.ts';
import { type DearerAnswer, keepDearerAnswer } from '../../../store/money/model-substitutions.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import { budgetFindings } from './failure-catalogue.ts';

/** Needs a transaction. */
export async function reportSubstitution(
  query: Query,
  answer: DearerAnswer,
  isUnpriced: boolean,
): Promise<void> {
  if (!(await keepDearerAnswer(query, answer))) return;
  const { model, answered, callId } = answer;
  const found = isUnpriced ? budgetFindings.MODEL_ANSWER_UNPRICED : budgetFindings.MODEL_ANSWER_DEARER;
  await raiseAndNotify(
    query,
    {
      key: `price.dearer:${model}:${answered}`,
      severity: isUnpriced ? 'high' : 'medium',
      component: 'budget',
      operation: 'settle',
      ...found({ answered, model }),
      metadata: { model, answered, callId },
    },
    isUnpriced
      ? `Set the price of ${answered} in MOOSE_PRICES, or set MOOSE_MODELS to another model.`
      : `Set MOOSE_MODELS to the model that you want to pay for. If ${answered} costs you less than Moose's price, set its price in MOOSE_PRICES.`,
  );
}
