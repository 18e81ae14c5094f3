// Chooses the arm for the next try of a work order by what was seen, and logs the choice with everything that another
// policy needs to be compared with it (R-LRN-4, R-LRN-5). The static rule acts unless the project has turned learning on.
import { createHash } from 'node:crypto';
import { stopping } from '../../domain/learning/decide.ts';
import { Learner } from '../../domain/learning/learner.ts';
import { applyEvent, type LearnerRecord } from '../../domain/learning/learner-record.ts';
import type { OpenTask } from '../../domain/learning/learner-state.ts';
import { seededRandom } from '../../stdx/random.ts';
import type { Query } from '../../store/database.ts';
import { type LearnerEventRow, learnerEventsOf, newestChoice } from '../../store/work/learners.ts';
import { type ArmChoice, type ArmQuestion, armText, nameOf, type OfferedArm } from './arm-question.ts';
import { evidenceOf } from './evidence.ts';
import { readLearner } from './keep-learner.ts';
import { priceEvents } from './price-events.ts';

/** Arms per work order; after them the static rule and a person decide. */
const triesMax = 3;
/** This share of work orders stays with the static rule for good, so that the two can be compared. */
const heldOutShare = 0.1;
/** Exploration may cost this share of what tries cost. */
const exploredShareMax = 0.02;
/** An arm with fewer tries is new: it is tried on low-risk work only. */
const trialsMin = 2;

/** Only reads; the same question gets the same answer until something is learned. Null: all tries are used up. */
export async function chooseArm(query: Query, question: ArmQuestion): Promise<ArmChoice | null> {
  const record = await readLearner(query, question.projectId);
  const last = await newestChoice(query, question.workOrderId);
  const told = last ? await learnerEventsOf(query, question.workOrderId) : [];
  const tries = triesMax - told.filter(({ event }) => event === 'success' || event === 'failure').length;
  if (tries <= 0) return null;
  return choiceOf(question, { record, told, tries, number: (last?.try ?? 0) + 1 });
}

/** Pure, but for the record, which it changes. */
export function choiceOf(
  question: ArmQuestion,
  given: { record: LearnerRecord; told: readonly LearnerEventRow[]; tries: number; number: number },
): ArmChoice {
  const { record, told, tries, number } = given;
  const { offer, workOrderId } = question;
  const evidence = evidenceOf(record);
  const mayExplore = !question.isRisky && record.exploredUsd <= exploredShareMax * record.spentUsd;
  for (const event of priceEvents(record, offer)) applyEvent(record, event);
  const learner = new Learner({ ...record.learner, value: question.valueUsd });
  const task: OpenTask = told.findLast((each) => each.task !== null)?.task ?? learner.begin(question.kind);
  const tried = new Set(told.map(({ arm }) => arm));
  const names = offer.map(nameOf).filter((name) => !tried.has(name));
  const isProven = (name: string) =>
    name === nameOf(offer[0]) ||
    learner.state.arms.some(({ arm, trials }) => arm === name && trials >= trialsMin);
  const allowed = question.isRisky ? names.filter(isProven) : names;
  const random = seededRandom(seedOf(`${workOrderId} ${number}`));
  const { arm: chosen, propensities } = learner.choose(task, { offer: allowed, tries, random, mayExplore });
  const isHeldOut = shareOf(`hold-out ${workOrderId}`) < heldOutShare;
  const isOn = question.mode === 'on' && evidence.missing === 0;
  const isActing = isOn && !isHeldOut && !question.isFixed && allowed.length > 0;
  const isLearned = isActing && (chosen !== null || question.mayDecline);
  const learned = offer.find((each) => nameOf(each) === chosen) ?? null;
  const arm = isLearned ? learned : offer[0];
  const because = sentenceOf({ question, propensities, learned, arm, isLearned, isHeldOut });
  return {
    ...{ try: number, policy: isLearned ? 'learned' : 'static', isHeldOut, arm },
    ...{ learnedArm: chosen, propensities, because },
  };
}

function sentenceOf(given: {
  question: ArmQuestion;
  propensities: Readonly<Record<string, number>>;
  learned: OfferedArm | null;
  arm: OfferedArm | null;
  isLearned: boolean;
  isHeldOut: boolean;
}): string {
  const { question, propensities, learned, arm, isLearned } = given;
  const [first] = question.offer;
  const chance = (propensities[learned === null ? stopping : nameOf(learned)] ?? 0).toFixed(2);
  const choice = learned === null ? 'to ask a person, because no arm seems worth its cost' : armText(learned);
  const other = learned !== null && nameOf(learned) === nameOf(first) ? 'the same' : armText(first);
  if (isLearned)
    return `Chosen by what was seen: ${choice}, chance ${chance}; the static rule would have taken ${other}.`;
  const why = question.isFixed
    ? 'as a person or the project has set'
    : given.isHeldOut && question.mode === 'on'
      ? 'because this work order is one of those that stay with the static rule'
      : 'by the static rule';
  return `Chosen ${why}: ${armText(arm ?? first)}; what was seen would have chosen ${learned !== null && other === 'the same' ? other : choice}, chance ${chance}.`;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

const seedOf = (text: string): number => digestOf(text).readUInt32BE(0);
const shareOf = (text: string): number => digestOf(text).readUInt32BE(0) / 2 ** 32;
