// Chooses the arm for the next try of a work order from past outcomes, and logs everything that a comparison with
// another policy needs (R-LRN-4, R-LRN-5). The static rule decides unless the project has turned learning on.

import type { PermanentError } from '../../domain/failure.ts';
import { stopping } from '../../domain/learning/decide.ts';
import { expectArms } from '../../domain/learning/expect-arm.ts';
import { Learner } from '../../domain/learning/learner.ts';
import { applyEvent, type LearnerRecord } from '../../domain/learning/learner-record.ts';
import type { OpenTask } from '../../domain/learning/learner-state.ts';
import { seededRandom } from '../../stdx/random.ts';
import type { Query } from '../../store/database.ts';
import { type LearnerEventRow, learnerEventsOf, newestChoice } from '../../store/work/learning/learners.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { writeInSavepoint } from '../errors/write-in-savepoint.ts';
import { type ArmChoice, type ArmQuestion, armText, nameOf, type OfferedArm } from './arm-question.ts';
import { evidenceOf } from './evidence.ts';
import { learnerFailures } from './failure-catalogue.ts';
import { type Acting, type Assignment, actBy, assignmentOf, type Ground, mixed } from './follow-policy.ts';
import { readLearner } from './keep-learner.ts';
import { priceEvents } from './price-events.ts';
import { seedOf, shareOf } from './share-of.ts';

/** Arms per work order; after that, the static rule and a person decide. */
const triesMax = 3;
/** This share of work orders always stays with the static rule, so that the two can be compared. */
export const heldOutShare = 0.1;
/** The maximum cost of exploration, as a share of the cost of all tries. */
const exploredShareMax = 0.02;
/** An arm with fewer tries is new: it is tried on low-risk work only. */
const trialsMin = 2;

/**
 * The same question gets the same answer until the state changes. Null: the static rule decides, because all
 * tries are used up, or the state cannot be read (which is recorded).
 */
export async function chooseArm(query: Query, question: ArmQuestion): Promise<ArmChoice | null> {
  const record = await readLearner(query, question.projectId);
  const last = await newestChoice(query, question.workOrderId);
  const told = last ? await learnerEventsOf(query, question.workOrderId) : [];
  const tries = triesMax - told.filter(({ event }) => event === 'success' || event === 'failure').length;
  if (tries <= 0) return null;
  const assignment = await assignmentOf(query, question, { last, isHeldOut: isHeldOut(question) });
  try {
    return choiceOf(question, { record, told, tries, number: (last?.try ?? 0) + 1, assignment });
  } catch (cause) {
    const failure = cannotChoose(question, cause);
    const context = {
      workOrderId: question.workOrderId,
      step: null,
      attempt: 1,
      strategy: 'degrade',
    } as const;
    await writeInSavepoint(query, () => recordFailure(query, failure, context), { failureOf: () => failure });
    return null;
  }
}

function cannotChoose({ workOrderId }: ArmQuestion, cause: unknown): PermanentError {
  return learnerFailures.LEARNER_CANNOT_CHOOSE(
    { operation: 'choose', workOrderId, cause },
    { reason: cause instanceof Error ? cause.message : String(cause) },
  );
}

/** Pure, except that it changes the record. */
export function choiceOf(
  question: ArmQuestion,
  given: {
    record: LearnerRecord;
    told: readonly LearnerEventRow[];
    tries: number;
    number: number;
    assignment?: Assignment | null;
  },
): ArmChoice {
  const { record, told, tries, number, assignment = null } = given;
  const { offer, workOrderId } = question;
  const evidence = evidenceOf(record);
  const mayExplore = !question.isRisky && record.exploredUsd <= exploredShareMax * record.spentUsd;
  for (const event of priceEvents(record, offer)) applyEvent(record, event);
  const learner = new Learner({ ...record.learner, value: question.valueUsd });
  const task: OpenTask = told.findLast((each) => each.task !== null)?.task ?? learner.begin(question.kind);
  // A failed provider may work again by now; while it does not, its circuit keeps work away from it.
  const tried = new Set(told.filter(({ event }) => event !== 'provider_fault').map(({ arm }) => arm));
  const names = offer.map(nameOf).filter((name) => !tried.has(name));
  const isProven = (name: string) =>
    name === nameOf(offer[0]) ||
    learner.state.arms.some(({ arm, trials }) => arm === name && trials >= trialsMin);
  const allowed = question.isRisky ? names.filter(isProven) : names;
  const offered = learner.state.arms.filter(({ arm }) => names.includes(arm));
  const expected = expectArms(learner.state, task, offered);
  const random = seededRandom(seedOf(`${workOrderId} ${number}`));
  const { arm: chosen, propensities } = learner.choose(task, { offer: allowed, tries, random, mayExplore });
  const learned = offer.find((each) => nameOf(each) === chosen) ?? null;
  const failed = told.filter(({ event }) => event === 'failure').map(({ arm }) => arm);
  const ground: Ground = { question, allowed, failed, learned: { arm: learned, propensities } };
  const isStatic = isHeldOut(question) || question.isFixed;
  const isOn = question.mode === 'on' && evidence.missing === 0;
  const side = assignment?.side ?? null;
  const own =
    assignment && side
      ? assignment.policies[side]
      : ({ policy: isOn && !isStatic ? 'learned' : 'static' } as const);
  const acting = actBy(own, ground);
  const because =
    assignment && side
      ? sentenceInExperiment(assignment.texts[side], acting)
      : sentenceOf({ question, propensities, learned, acting });
  return {
    try: number,
    policy: acting.policy,
    isHeldOut: isHeldOut(question),
    arm: acting.arm,
    learnedArm: chosen,
    propensities,
    expected,
    because,
    experimentId: assignment?.experimentId ?? null,
    side,
    acted: assignment && !question.isFixed ? actedIn(assignment, ground, { number, acting }) : null,
  };
}

const isHeldOut = ({ workOrderId }: ArmQuestion): boolean =>
  shareOf(`hold-out ${workOrderId}`) < heldOutShare;

/** The first choice includes the draw of the side; later ones follow from it. */
function actedIn(
  { policies, shareOfA }: Assignment,
  ground: Ground,
  { number, acting }: { number: number; acting: Acting },
): Record<string, number> {
  if (number > 1) return { ...acting.chances };
  const kept = 1 - heldOutShare;
  return mixed([
    [heldOutShare, actBy({ policy: 'static' }, ground)],
    [kept * shareOfA, actBy(policies.a, ground)],
    [kept * (1 - shareOfA), actBy(policies.b, ground)],
  ]);
}

function sentenceInExperiment(policy: string, { arm }: Acting): string {
  const choice = arm === null ? 'to ask a person' : armText(arm);
  return `Chosen by an experiment, which gives this work order to the policy ${policy}: ${choice}.`;
}

function sentenceOf(given: {
  question: ArmQuestion;
  propensities: Readonly<Record<string, number>>;
  learned: OfferedArm | null;
  acting: Acting;
}): string {
  const {
    question,
    propensities,
    learned,
    acting: { arm, policy },
  } = given;
  const [first] = question.offer;
  const chance = (propensities[learned === null ? stopping : nameOf(learned)] ?? 0).toFixed(2);
  const choice = learned === null ? 'to ask a person, because no arm seems worth its cost' : armText(learned);
  const other = learned !== null && nameOf(learned) === nameOf(first) ? 'the same' : armText(first);
  if (policy === 'learned')
    return `Chosen by the learned policy: ${choice}, chance ${chance}; the static rule would have chosen ${other}.`;
  const why = question.isFixed
    ? 'as a person or the project has set'
    : isHeldOut(question) && question.mode === 'on'
      ? 'because this work order belongs to the share that stays with the static rule'
      : 'by the static rule';
  return `Chosen ${why}: ${armText(arm ?? first)}; the learned policy would have chosen ${learned !== null && other === 'the same' ? other : choice}, chance ${chance}.`;
}
