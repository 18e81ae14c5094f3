import { expect, test } from 'vitest';
import { stopping } from '../../domain/learning/decide.ts';
import { applyEvent, type LearnerRecord } from '../../domain/learning/learner-record.ts';
import { type ArmChoice, type ArmQuestion, nameOf } from './arm-question.ts';
import { choiceOf } from './choose-arm.ts';
import { evidenceOf } from './evidence.ts';
import { aQuestion, light, offeredArm, recordOf, standard, strong } from './known-arms.fixture.ts';
import { priceEvents } from './price-events.ts';

type Event = Parameters<typeof choiceOf>[1]['told'][number];

const even = () =>
  recordOf([
    { arm: light, outcomes: 30, passed: 0.4 },
    { arm: standard, outcomes: 30, passed: 0.6 },
    { arm: strong, outcomes: 30, passed: 0.8 },
  ]);

function choose(
  record: LearnerRecord,
  given: Partial<ArmQuestion> = {},
  { told = [], tries = 3 }: { told?: Event[]; tries?: number } = {},
): ArmChoice {
  return choiceOf(aQuestion(given), {
    record: structuredClone(record),
    told,
    tries,
    number: told.length + 1,
  });
}

/** A choice for a work order that is not held out. */
function chooseFreely(record: LearnerRecord, given: Partial<ArmQuestion> = {}): ArmChoice {
  for (let asked = 0; asked < 100; asked += 1) {
    const choice = choose(record, given);
    if (!choice.isHeldOut) return choice;
  }
  throw new Error('All work orders are held out');
}

test('R-LRN-5: each arm is chosen as often as its logged propensity says', () => {
  const record = even();
  const counts: Record<string, { expected: number; variance: number; chosen: number }> = {};
  for (let index = 0; index < 1_500; index += 1) {
    const { propensities, learnedArm } = choose(record, { valueUsd: 2 });
    expect(Object.values(propensities).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
    expect(propensities[learnedArm ?? stopping]).toBeGreaterThan(0);
    for (const [name, chance] of Object.entries(propensities)) {
      counts[name] ??= { expected: 0, variance: 0, chosen: 0 };
      counts[name].expected += chance;
      counts[name].variance += chance * (1 - chance);
      counts[name].chosen += Number(name === (learnedArm ?? stopping));
    }
  }
  for (const [name, { expected, variance, chosen }] of Object.entries(counts))
    expect(Math.abs(chosen - expected), name).toBeLessThan(4 * Math.sqrt(variance) + 1);
});

test('R-LRN-4: fear: a shadow acts', () => {
  const record = even();
  for (let index = 0; index < 100; index += 1) {
    const { arm, policy, because } = choose(record, { mode: 'shadow' });
    expect([arm, policy]).toEqual([light, 'static']);
    expect(because).toMatch(
      /^Chosen by the static rule: p\/light with patch; the learned policy would have chosen .*, chance [01]\.\d\d\.$/,
    );
  }
});

test('R-LRN-4: a tenth of the work orders always stays with the static rule', () => {
  const record = even();
  const choices = Array.from({ length: 1_000 }, () => choose(record));
  const heldOut = choices.filter(({ isHeldOut }) => isHeldOut);
  expect(heldOut.length).toBeGreaterThan(60);
  expect(heldOut.length).toBeLessThan(140);
  expect(new Set(heldOut.map(({ policy }) => policy))).toEqual(new Set(['static']));
  expect(heldOut[0]?.because).toContain('belongs to the share that stays with the static rule');
  const { workOrderId } = aQuestion();
  const again = Array.from({ length: 3 }, () => choose(record, { workOrderId }));
  expect(again[1]).toEqual(again[0]);
  expect(again[2]).toEqual(again[0]);
});

test('R-LRN-4: what was learned acts where it is on, and says why', () => {
  const record = recordOf([
    { arm: strong, outcomes: 30, passed: 0 },
    { arm: light, outcomes: 30, passed: 1 },
  ]);
  const choice = chooseFreely(record, { offer: [strong, light] });
  expect(choice.policy).toBe('learned');
  expect(choice.because).toMatch(
    /^Chosen by the learned policy: .* with patch, chance [01]\.\d\d; the static rule would have chosen /,
  );
  const choices = Array.from({ length: 50 }, () => choose(record, { offer: [strong, light] }));
  expect(choices.filter(({ learnedArm }) => learnedArm === nameOf(light)).length).toBeGreaterThan(45);
});

test('R-LRN-4: fear: it decides before it has seen enough; what is missing is told', () => {
  const record = recordOf([{ arm: light, outcomes: 20, passed: 0 }]);
  expect(evidenceOf(record)).toEqual({ seen: 20, needed: 50, missing: 30 });
  for (let index = 0; index < 50; index += 1) expect(choose(record).policy).toBe('static');
});

test('fear: a choice of a person is overruled', () => {
  for (let index = 0; index < 50; index += 1) {
    const { policy, arm } = choose(even(), { isFixed: true, offer: [standard] });
    expect([policy, arm]).toEqual(['static', standard]);
  }
});

test('R-LRN-4: fear: work with a hard stop or on a red base is used to try an arm out', () => {
  const fresh = offeredArm('p/new', 0.01);
  const record = even();
  const offer = [light, standard, strong, fresh] as const;
  for (let index = 0; index < 200; index += 1) {
    const { propensities } = choose(record, { offer, isRisky: true });
    expect(propensities[nameOf(fresh)]).toBeUndefined();
    for (const chance of Object.values(propensities)) expect(chance === 0 || chance >= 1 / 64).toBe(true);
  }
  for (let index = 0; index < 20; index += 1) {
    const { propensities } = choose(record, { offer });
    expect(propensities[nameOf(fresh)]).toBeGreaterThanOrEqual(1 / 64);
  }
});

test('R-LRN-4: a choice says what is expected of each arm on offer, and less of it after a failure', () => {
  const record = recordOf([
    { arm: light, outcomes: 30, passed: 0.2 },
    { arm: strong, outcomes: 30, passed: 0.9 },
  ]);
  const { expected } = choose(record, { offer: [light, strong] });
  const [one, two] = [expected.get(nameOf(light)), expected.get(nameOf(strong))];
  expect(one?.chance).toBeLessThan(0.5);
  expect(two?.chance).toBeGreaterThan(0.6);
  expect(two?.costUsd).toBeCloseTo(1, 1);
});

test('R-LRN-4: exploration ends when it has cost its share', () => {
  const record = even();
  record.exploredUsd = record.spentUsd * 0.03;
  const least = () =>
    Math.min(...Object.values(chooseFreely(record).propensities).filter((each) => each > 0));
  for (let index = 0; index < 50; index += 1) expect(least()).toBeGreaterThanOrEqual(1 / 64);
});

test('R-LRN-4: no arm is tried twice on a work order, but one whose provider failed can be, and uses up no try', () => {
  const failed = { event: 'failure', arm: nameOf(light), task: null } as Event;
  const away = { event: 'provider_fault', arm: nameOf(strong), task: null } as Event;
  for (let index = 0; index < 30; index += 1)
    expect(Object.keys(choose(even(), {}, { told: [failed, away], tries: 2 }).propensities).sort()).toEqual([
      stopping,
      nameOf(standard),
      nameOf(strong),
    ]);
});

test('R-LRN-4: work that is not worth its cost is declined only where a person can be asked', () => {
  const bad = recordOf([
    { arm: light, outcomes: 40, passed: 0 },
    { arm: strong, outcomes: 40, passed: 0 },
  ]);
  const given = { offer: [light, strong], valueUsd: 0.02 } as const;
  const declined = chooseFreely(bad, given);
  expect(declined).toMatchObject({ policy: 'learned', arm: null, learnedArm: null });
  expect(declined.because).toContain('to ask a person');
  expect(chooseFreely(bad, { ...given, mayDecline: false })).toMatchObject({ policy: 'static', arm: light });
});

test('R-LRN-5: a new price is reckoned at once; a new prompt starts with the record of the one before', () => {
  const record = even();
  const dearer = { ...light, priceVersion: 'v2', costHintUsd: 0.15 };
  const [priced] = priceEvents(record, [dearer, standard]);
  expect(priced).toMatchObject({ event: 'price', arm: nameOf(light), priceVersion: 'v2' });
  expect(priced).toHaveProperty('factor', expect.closeTo(3, 9));
  const newer = { ...strong, prompt: '2' };
  const [added] = priceEvents(record, [newer]);
  expect(added).toMatchObject({ event: 'arm', arm: nameOf(newer), parent: nameOf(strong) });
  for (const event of [priced, added]) if (event) applyEvent(record, event);
  expect(priceEvents(record, [dearer, newer])).toEqual([]);
  expect(record.learner.arms.find(({ arm }) => arm === nameOf(newer))?.kinds[0]?.count).toBeCloseTo(4, 6);
  const unpriced = { ...standard, costHintUsd: null, priceVersion: 'v2' };
  expect(priceEvents(record, [unpriced])).toEqual([
    { event: 'price', arm: nameOf(standard), priceVersion: 'v2', factor: 1 },
  ]);
});
