// Writes the choice of an arm, in the transaction that acts upon it, so that a process that dies neither loses nor
// repeats it. A refused row stops nothing (R-LRN-1).
import { PermanentError } from '../../domain/failure.ts';
import type { Query } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import type { ChoiceColumns, Decision } from '../../store/work/decisions.ts';
import { logDecision } from '../errors/log-decision.ts';
import { writeBeside } from '../errors/write-beside.ts';
import { type ArmChoice, type ArmQuestion, nameOf } from './arm-question.ts';
import { openLearner } from './keep-learner.ts';
import { noOutcome } from './no-outcome.ts';
import { priceEvents } from './price-events.ts';

/** `decision`: what else is decided, and on what. */
export async function keepChoice(
  query: Query,
  question: ArmQuestion,
  choice: ArmChoice,
  decision: Decision,
): Promise<void> {
  await writeBeside(query, () => keepPrices(query, question), {
    failureOf: (refusal) =>
      new PermanentError({
        code: 'PRICES_NOT_LEARNED',
        component: 'learning',
        operation: 'keep prices',
        message: `Could not tell the learned policy which models and agents there are: ${refusal.message}`,
        advice:
          'Look for a trigger, a constraint or a missing privilege on the tables learners and learner_events; the work continues without it.',
        workOrderId: question.workOrderId,
        severity: 'medium',
        cause: refusal,
      }),
  });
  const output = { ...decision.output, because: choice.because };
  await logDecision(query, { ...decision, output, choice: columnsOf(question, choice) });
}

async function keepPrices(query: Query, { projectId, offer }: ArmQuestion): Promise<void> {
  const learner = await openLearner(query, projectId);
  const events = priceEvents(learner.record, offer);
  for (const event of events) {
    const { costHint = null, parent = null } = event.event === 'arm' ? event : {};
    const factor = event.event === 'price' ? event.factor : null;
    await learner.apply({
      ...noOutcome,
      ...{ event: event.event, arm: event.arm, priceVersion: event.priceVersion },
      ...{ costHint, parent, factor, workOrderId: null, try: null },
    });
  }
  if (events.length > 0) await learner.save();
}

function columnsOf(question: ArmQuestion, choice: ArmChoice): ChoiceColumns {
  const { runId, mode, offer, features, kind, isRisky, valueUsd } = question;
  return {
    ...{ runId, try: choice.try, mode, policy: choice.policy, isHeldOut: choice.isHeldOut },
    ...{ arm: choice.arm === null ? null : nameOf(choice.arm), learnedArm: choice.learnedArm },
    staticArm: nameOf(offer[0]),
    propensities: toJson(choice.propensities),
    candidates: toJson(offer.map((each) => ({ name: nameOf(each), ...each }))),
    features: toJson({ kind, ...features, is_risky: isRisky, value_usd: valueUsd }),
    priceVersion: [...new Set(offer.map(({ priceVersion }) => priceVersion))].sort().join(' '),
  };
}
