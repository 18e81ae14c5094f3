import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { TransientError } from '../../../domain/failure.ts';
import { planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { openAlerts } from '../../../store/failures/alerts.ts';
import { listEscalations } from '../../../store/failures/escalations.ts';
import { announceChannels } from '../../../store/failures/outbox.ts';
import { type PriceOfEnv, stateGiven } from '../../../store/money/model-prices.ts';
import { directorDecisions, estimatesOf } from '../../../store/work/plans/decided-plans.ts';
import { findSpec } from '../../../store/work/plans/specs.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { defaultAssessmentPolicy, withWords } from '../../policy/assessment-policy.ts';
import { askPlans } from '../ask-plans.ts';
import { directorJob } from './director-job.ts';
import { fine, planningGround } from './planning-ground.fixture.ts';

const risky = planOf([
  planned('basket'),
  planned('login', { title: 'Check the password' }),
  planned('page', { depends_on: ['basket'] }),
]);

/** A spec that has a plan and is to be run. */
async function plannedGround(plan: Plan, given: Parameters<typeof planningGround>[1] = {}) {
  const made = await planningGround([plan], given);
  const { database, specId, work, deps } = made;
  await sql`update plannings set run_for = 'human:ada'`.execute(database.query);
  await made.round();
  const director = ifDue(made.database, directorJob(deps));
  return {
    ...made,
    direct: () => director.run(work.signal),
    spec: () => findSpec(database.query, specId),
    questions: () => listEscalations(database.query, { limit: 10 }),
    decisions: async () =>
      (await directorDecisions(database.query, specId, 10)).map(({ decisionOutput }) => decisionOutput),
  };
}

test('R-SPEC-1, R-LRN-1: the Director approves a plan of low risk, with its reasons and its estimates on record', async () => {
  const made = await plannedGround(fine);
  expect(await made.spec()).toMatchObject({ runState: null });
  await made.direct();
  expect(await made.spec()).toMatchObject({ approvedVersion: 1, approvedBy: 'moose:director' });
  expect(await made.questions()).toEqual([]);
  expect(await made.decisions()).toEqual([{ decision: 'approve', by: 'moose:director', objections: [] }]);
  const estimates = await estimatesOf(made.database.query, made.specId, 1);
  expect(estimates.map(({ planKey, basis, kind }) => [planKey, basis, kind])).toEqual([
    ['basket', 'policy', 'source'],
    ['page', 'policy', 'source'],
  ]);
  await made.direct();
  expect(await made.decisions()).toHaveLength(1);
});

test('R-SPEC-1: a plan that nobody wants to run is not decided about', async () => {
  const made = await planningGround([fine]);
  await made.round();
  await ifDue(made.database, directorJob(made.deps)).run(made.work.signal);
  expect(await findSpec(made.database.query, made.specId)).toMatchObject({ runState: null });
  // It already has a plan: asking to run it pays for no other plan.
  expect(await made.specs.plan(made.specId, { run: true })).toMatchObject({
    run_for: 'human:ada',
    rounds: 1,
  });
  await ifDue(made.database, directorJob(made.deps)).run(made.work.signal);
  expect(await findSpec(made.database.query, made.specId)).toMatchObject({ approvedVersion: 1 });
});

test('R-SPEC-1, R-ESC-3: about any other plan it asks one question, with costed options, once', async () => {
  const made = await plannedGround(risky);
  await announceChannels(made.database.query, ['slack'], 'test');
  await made.direct();
  await made.direct();
  const [question, ...others] = await made.questions();
  expect(others).toEqual([]);
  expect(question).toMatchObject({
    code: 'PLAN_NEEDS_APPROVAL',
    workOrderId: null,
    title: 'May the plan of Shop run? It has 3 work orders',
    recommendedOption: 'approve_part',
    context: {
      because: expect.stringContaining('login is about password, which a person always decides about;'),
      spec_id: made.specId,
      version: 1,
      part: ['basket', 'page'],
    },
  });
  const options = question?.options.map(({ id, costNanoUsd, risk }) => [id, Number(costNanoUsd) > 0, risk]);
  expect(options).toEqual([
    ['approve_part', true, 'low'],
    ['approve', true, 'high'],
    ['send_back', false, 'low'],
    ['cancel', false, 'low'],
  ]);
  expect(await made.decisions()).toMatchObject([{ decision: 'ask', by: 'moose:director' }]);
  const [{ objections } = { objections: [] }] = (await made.decisions()) as {
    objections: { row: string }[];
  }[];
  expect(objections.map(({ row }) => row)).toEqual(['hard_stop', 'cost', 'confidence']);
  expect(await made.spec()).toMatchObject({ runState: null });
});

test('R-SPEC-1: a plan that a person has edited needs no Director', async () => {
  const made = await plannedGround(risky);
  await made.specs.editPlan(made.specId, { plan: risky, after: 1, because: 'as I want it' });
  await made.direct();
  expect(await made.spec()).toMatchObject({ approvedVersion: 2, approvedBy: 'human:ada' });
  expect(await made.questions()).toEqual([]);
});

test('R-ESC-4: fear: a program edits a plan, and the Director takes it for one that a person has decided about', async () => {
  const made = await plannedGround(fine);
  const program = askPlans({ database: made.database, clock: made.deps.clock, actor: 'api:ci' });
  await program.editPlan(made.specId, { plan: risky, after: 1 });
  await made.direct();
  expect(await made.spec()).toMatchObject({ runState: null });
  expect(await made.questions()).toMatchObject([{ code: 'PLAN_NEEDS_APPROVAL', context: { version: 2 } }]);
});

test('R-SPEC-1: a project sets its own limits', async () => {
  const asks = await plannedGround(fine);
  await sql`update projects set settings = '{"director":{"mode":"ask"}}'`.execute(asks.database.query);
  await asks.direct();
  expect((await asks.questions()).map(({ context }) => context.because)).toEqual([
    'The Director asks: every plan needs the approval of a person here.',
  ]);
  // No part of it is harmless, so there is no such option.
  expect((await asks.questions())[0]?.options.map(({ id }) => id)).toEqual([
    'approve',
    'send_back',
    'cancel',
  ]);
});

test.each(['director:decided', 'director:approved'])(
  'R-BASE-2: killed at %s, the next process goes on; nothing is decided twice',
  async (point) => {
    let kills = 1;
    const made = await plannedGround(fine, {
      reached: (at) => {
        if (at === point && kills-- > 0)
          throw new TransientError({
            component: 'test',
            operation: 'kill',
            code: 'KILLED',
            message: 'Killed.',
          });
      },
    });
    await expect(made.direct()).rejects.toMatchObject({ code: 'KILLED' });
    await made.direct();
    expect(await made.spec()).toMatchObject({ approvedVersion: 1 });
    expect(await made.decisions()).toHaveLength(1);
    expect(await made.planning()).toMatchObject({ decidedAt: expect.any(Date) });
  },
);

test('a plan that was edited after the decision is decided about again', async () => {
  let kills = 1;
  const made = await plannedGround(fine, {
    reached: (at) => {
      if (at === 'director:decided' && kills-- > 0)
        throw new TransientError({
          component: 'test',
          operation: 'kill',
          code: 'KILLED',
          message: 'Killed.',
        });
    },
  });
  await expect(made.direct()).rejects.toMatchObject({ code: 'KILLED' });
  await made.specs.editPlan(made.specId, { plan: risky, after: 1 });
  await made.direct();
  expect(await made.spec()).toMatchObject({ approvedVersion: 2, approvedBy: 'human:ada' });
});

test('a plan that cannot be approved any more is an alert, and is not tried for ever', async () => {
  const made = await plannedGround(fine, {
    reached: (at) => {
      // Refused, if the approval comes first.
      if (at === 'director:decided')
        pending = Promise.allSettled([made.specs.editPlan(made.specId, { plan: risky, after: 1 })]);
    },
  });
  let pending: Promise<unknown> | undefined;
  await made.direct();
  await pending;
  const { approvedVersion } = await made.spec();
  const alerts = (await openAlerts(made.database.query)).map(({ key }) => key);
  // The edit came before the approval, or after it.
  expect(approvedVersion === 1 ? [] : [`director:${made.specId}`]).toEqual(alerts);
  expect(await made.planning()).toMatchObject({ decidedAt: expect.any(Date) });
});

test('R-SPEC-1: fear: the question about version 1 is withdrawn, and version 2 is never decided about', async () => {
  const made = await plannedGround(risky);
  await made.direct();
  expect(await made.questions()).toHaveLength(1);
  await made.specs.editPlan(made.specId, { plan: fine, after: 1 });
  await made.direct();
  expect(await made.questions()).toEqual([]);
  await made.direct();
  expect(await made.spec()).toMatchObject({ approvedVersion: 2, approvedBy: 'moose:director' });
});

test('R-SPEC-1: an edit after the question is asked about again, if a row still speaks against it', async () => {
  const made = await plannedGround(risky);
  await made.direct();
  await made.specs.editPlan(made.specId, { plan: risky, after: 1, because: 'one thing of several' });
  await made.direct();
  await made.direct();
  expect(await made.questions()).toMatchObject([{ status: 'open', context: { version: 2 } }]);
  expect(await made.spec()).toMatchObject({ runState: null });
  expect(await made.decisions()).toMatchObject([{ decision: 'ask' }, { decision: 'ask' }]);
});

test('R-SPEC-1: a plan that is asked for while the question is open is still to run; one after the answer is not', async () => {
  const made = await plannedGround(risky);
  await made.direct();
  const { database, clock } = made.deps;
  const none = {
    aboveInputTokens: 0,
    input: 1n,
    output: 1n,
    cacheRead: 0n,
    cacheWrite: 0n,
    cacheWrite1h: 0n,
  };
  const free: PriceOfEnv = { name: 'a/free', contextTokens: null, steps: [none] };
  await database.transaction((query) => stateGiven(query, [free], { by: 'human:ada', isWhole: false }));
  const models = { light: [], standard: [], strong: ['a/free'] };
  const current = { models, assessment: { tiers: [] }, outputTokensMax: 1_000 } as never;
  const asked = askPlans({ database, clock, actor: 'human:ada', settings: { current } });
  expect(await asked.plan(made.specId, { again: true })).toMatchObject({ run_for: 'human:ada' });
  await asked.cancelPlanning(made.specId);
  await sql`update escalations set status = 'withdrawn', resolved_at = now()`.execute(database.query);
  expect(await asked.plan(made.specId, { again: true })).toMatchObject({ run_for: null });
});

test('R-ESC-4: a decision says which built-in hard-stop words a setting had switched off', async () => {
  const made = await plannedGround(risky);
  const settings = { ...made.deps.settings, assessment: withWords(defaultAssessmentPolicy, ['-password']) };
  await ifDue(made.database, directorJob({ ...made.deps, settings })).run(made.work.signal);
  const { items } = await made.specs.decisions(made.specId);
  expect(items).toMatchObject([{ decision: 'approve', hard_stops_off: ['password'] }]);
  expect(items[0]?.objections.map(({ row }) => row)).not.toContain('hard_stop');
});
