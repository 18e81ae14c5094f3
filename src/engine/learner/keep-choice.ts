// Writes the choice of an arm in the transaction that uses it, so that a process that dies neither loses nor repeats
// it. A refused row stops nothing (R-LRN-1).

import type { Query } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import type { ChoiceColumns, Decision } from '../../store/work/work-orders/decisions.ts';
import { logDecision } from '../errors/log-decision.ts';
import { writeInSavepoint } from '../errors/write-in-savepoint.ts';
import { type ArmChoice, type ArmQuestion, nameOf } from './arm-question.ts';
import { learnerFailures } from './failure-catalogue.ts';
import { goneArms } from './gone-arms.ts';
import { openLearner, readLearner } from './keep-learner.ts';
import { noOutcome } from './no-outcome.ts';
import { priceEvents } from './price-events.ts';

/** `decision`: the decision that this choice is part of, and its inputs. */
export async function keepChoice(
  query: Query,
  question: ArmQuestion,
  choice: ArmChoice,
  decision: Decision,
): Promise<void> {
  await writeInSavepoint(query, () => keepPrices(query, question), {
    failureOf: (refusal) =>
      learnerFailures.PRICES_NOT_LEARNED(
        { operation: 'keep prices', workOrderId: question.workOrderId, cause: refusal },
        { message: refusal.message },
      ),
  });
  const output = { ...decision.output, because: choice.because };
  await logDecision(query, { ...decision, output, choice: columnsOf(question, choice) });
}

async function keepPrices(query: Query, question: ArmQuestion): Promise<void> {
  const { projectId, offer } = question;
  // The lock lasts until the step commits, so that work orders of a project would wait for each other.
  const seen = await readLearner(query, projectId);
  const isNew = priceEvents(seen, offer).length > 0 || (await goneArms(query, seen, question)).length > 0;
  if (!isNew) return;
  const learner = await openLearner(query, projectId);
  const gone = await goneArms(query, learner.record, question);
  for (const arm of gone)
    await learner.apply({ ...noOutcome, event: 'gone', arm, workOrderId: null, try: null });
  const events = priceEvents(learner.record, offer);
  for (const event of events) {
    const { costHint = null, parent = null } = event.event === 'arm' ? event : {};
    const factor = event.event === 'price' ? event.factor : null;
    await learner.apply({
      ...noOutcome,
      event: event.event,
      arm: event.arm,
      priceVersion: event.priceVersion,
      costHint,
      parent,
      factor,
      workOrderId: null,
      try: null,
    });
  }
  if (gone.length + events.length > 0) await learner.save();
}

function columnsOf(question: ArmQuestion, choice: ArmChoice): ChoiceColumns {
  const { runId, mode, offer, features, kind, isRisky, valueUsd } = question;
  return {
    runId,
    try: choice.try,
    mode,
    policy: choice.policy,
    isHeldOut: choice.isHeldOut,
    arm: choice.arm === null ? null : nameOf(choice.arm),
    learnedArm: choice.learnedArm,
    staticArm: nameOf(offer[0]),
    propensities: toJson(choice.propensities),
    candidates: toJson(
      offer.map((each) => {
        const { chance = null, costUsd = null } = choice.expected.get(nameOf(each)) ?? {};
        return { name: nameOf(each), ...each, expected: { chance, cost_usd: costUsd } };
      }),
    ),
    features: toJson({ kind, ...features, is_risky: isRisky, value_usd: valueUsd }),
    experimentId: choice.experimentId,
    side: choice.side,
    acted: choice.acted === null ? null : toJson(choice.acted),
    priceVersion: [...new Set(offer.map(({ priceVersion }) => priceVersion))].sort().join(' '),
  };
}
