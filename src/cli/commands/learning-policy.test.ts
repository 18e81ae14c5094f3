import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { calibrationSchema, decisionLineSchema, learnedPolicySchema } from '../../contract/contract.ts';
import type { Ask } from '../../contract/operations/ask.ts';
import { newId } from '../../domain/ids.ts';
import { reportToLearner } from '../../engine/learner/report-to-learner.ts';
import { askPolicy } from '../../engine/learning/ask-policy.ts';
import type { Database } from '../../store/database.ts';
import { insertOutcome } from '../../store/figures/outcomes.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { readOwnLog } from '../input/replay-input.ts';
import { moose } from './run-command.fixture.ts';

const arms = ['patch:p/light#1', 'patch:p/strong#1'] as const;
const [light, strong] = arms;

interface Given {
  arm?: string | null;
  mode?: 'shadow' | 'on';
  policy?: 'learned' | 'static';
  isHeldOut?: boolean;
  /** Absent if the choice has no outcome yet. */
  outcome?: { success: boolean; counts?: boolean; arm?: string };
}

async function choice(database: Database, given: Given = {}): Promise<string> {
  const { arm = light, mode = 'on', policy = 'learned', isHeldOut = false, outcome } = given;
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  await database.query
    .insertInto('decisionLogs')
    .values({
      id: newId<string>(new Date()),
      workOrderId,
      kind: 'routing',
      agentType: 'manager',
      runId,
      try: 1,
      inputContext: '{}',
      decisionOutput: '{"because":"Chosen by what was seen."}',
      mode,
      policy,
      isHeldOut,
      arm,
      learnedArm: arm,
      staticArm: strong,
      priceVersion: '1',
      candidates: JSON.stringify(arms.map((name) => ({ name, expected: { chance: 0.72, cost_usd: 0.4 } }))),
      propensities: JSON.stringify({ [light]: 0.7, [strong]: 0.2, '-': 0.1 }),
      features: '{}',
    })
    .execute();
  if (outcome) {
    const { success, counts = true } = outcome;
    const used = outcome.arm ?? arm;
    await insertOutcome(database.query, {
      id: newId<string>(new Date()),
      workOrderId,
      runId,
      success,
      model: 'p/light',
      agent: 'patch',
      complexity: 0.1,
      features: '{}',
      costNanoUsd: 500_000_000n,
      durationMs: 1n,
      refinementCycles: 0,
      arm: used,
      counts,
      judgedBy: success ? 'checks' : 'run',
      fault: success ? null : 'work',
    });
    if (counts && used !== null)
      await database.transaction((query) =>
        reportToLearner(query, {
          workOrderId,
          try: 1,
          arm: used,
          status: success ? 'success' : 'failure',
          costNanoUsd: 5n,
        }),
      );
  }
  return workOrderId;
}

const read = (database: Database) => {
  const { ownLog } = askPolicy({ database });
  const ask = (_: unknown, { query }: { query: { after?: string } }) => ownLog(query.after ?? null);
  return readOwnLog(ask as unknown as Ask, [[light]], new AbortController().signal);
};

test("R-LRN-5: Moose's own log has what came of each choice, and the chance with which it was acted upon", async () => {
  const database = await testDatabase();
  await choice(database, { outcome: { success: true } });
  await choice(database, { mode: 'shadow', policy: 'static', arm: strong, outcome: { success: false } });
  await choice(database, { isHeldOut: true, policy: 'static', arm: strong, outcome: { success: true } });
  await choice(database, { arm: null });
  const { items, missing, next } = await askPolicy({ database }).ownLog(null);
  expect(next).toBeNull();
  expect(missing).toEqual({ without_outcome: 0, not_counted: 0, other_arm: 0 });
  for (const item of items) {
    expect(decisionLineSchema.parse(item)).toEqual(item);
    expect(Object.values(item.propensities).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9);
  }
  expect(items.map(({ status, cost, arm }) => [status, cost, arm])).toEqual([
    ['success', 0.5, light],
    ['failure', 0.5, strong],
    ['success', 0.5, strong],
    ['stopped', 0, null],
  ]);
  expect(items.map(({ propensities }) => propensities[strong])).toEqual([
    expect.closeTo(0.9 * 0.2 + 0.1, 9),
    1,
    expect.closeTo(0.9 * 0.2 + 0.1, 9),
    expect.closeTo(0.9 * 0.2 + 0.1, 9),
  ]);
  expect((await read(database)).log).toMatchObject({ decisions: 4 });
});

test('R-LRN-5: what the log cannot contain is counted', async () => {
  const database = await testDatabase();
  await expect(read(database)).rejects.toMatchObject({ code: 'REPLAY_LOG_UNREADABLE' });
  await choice(database);
  await choice(database, { outcome: { success: false, counts: false } });
  await choice(database, { outcome: { success: true, arm: strong } });
  await choice(database, { outcome: { success: true } });
  const { log, missing } = await read(database);
  expect(missing).toEqual({ without_outcome: 1, not_counted: 1, other_arm: 1 });
  expect(log.decisions).toBe(1);
});

test('R-LRN-4, R-LRN-5: what was chosen, what it was worth, and what each arm is worth now', async () => {
  const database = await testDatabase();
  expect((await moose(database, 'learning', 'policy')).text).toBe('Nothing was learned yet.');
  for (let each = 0; each < 40; each++) await choice(database, { outcome: { success: each % 4 !== 0 } });
  await choice(database);
  const { document, text } = await moose(database, 'learning', 'policy');
  const policy = learnedPolicySchema.parse(document);
  expect(policy.projects).toMatchObject([{ mode: 'shadow', seen: 40, arms: [{ arm: light, trials: 40 }] }]);
  const [arm] = policy.projects[0]?.arms ?? [];
  expect(arm && arm.low < arm.chance && arm.chance < arm.high).toBe(true);
  expect(policy.log).toMatchObject({ work_orders: 40, value_per_work_order: 7 });
  expect(policy.static.supported).toBe(false);
  expect(policy.best_arm).toMatchObject({ arm: light });
  expect(policy.comparison).toMatchObject({ work_orders: 40, learned: 40, low_usd: null, is_decided: false });
  expect(policy.decisions[0]).toMatchObject({ outcome: 'open', because: 'Chosen by what was seen.' });
  expect(text).toContain('40 work orders with an outcome, worth $7.00 each; 1 choices left out.');
  expect(text).toContain('No estimate for the static rule yet: too few choices agree with it');
});

test('R-LRN-4: what was expected of the arms that were used, against what came true', async () => {
  const database = await testDatabase();
  expect((await moose(database, 'learning', 'calibration')).text).toContain(
    'no results of choices with an estimate',
  );
  for (let each = 0; each < 8; each++) await choice(database, { outcome: { success: each % 4 !== 0 } });
  await choice(database);
  await choice(database, { outcome: { success: false, counts: false } });
  await choice(database, { outcome: { success: true, arm: strong } });
  const { document, text } = await moose(database, 'learning', 'calibration');
  expect(calibrationSchema.parse(document)).toMatchObject({
    tries: 8,
    cost_ratio: expect.closeTo(1.25, 6),
    chances: [{ from: 0.7, to: 0.8, tries: 8, expected: expect.closeTo(0.72, 6), actual: 0.75 }],
  });
  expect(text).toContain('Tries cost 125 % of the expected cost.');
});
