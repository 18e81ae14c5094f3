import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { PermanentError, TransientError } from '../../../domain/failure.ts';
import { openAlerts } from '../../../store/failures/alerts.ts';
import { stateGiven } from '../../../store/money/model-prices.ts';
import { newestPlanning } from '../../../store/work/plans/plannings.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { askSpecs } from '../ask-specs.ts';
import { askAnother, cycle, dollar, fine, held, planningGround } from './planning-ground.fixture.ts';
import { planningsJob } from './plannings-job.ts';

test('R-SPEC-4: an invalid plan is repaired, and the next prompt has the plan and the reasons', async () => {
  const { round, planning, versions, model, database } = await planningGround([cycle, fine]);
  await round();
  expect(await planning()).toMatchObject({ state: 'planned', rounds: 2, calls: 2, failure: null });
  expect((await versions()).map(({ problems }) => problems.length)).toEqual([1, 0]);
  expect(model.prompts[0]).not.toContain('is not valid');
  expect(model.prompts[1]).toContain('a → b → a');
  expect(model.prompts[1]).toContain('"depends_on":["b"]');
  expect(await held(database)).toBe('0');
});

test('R-SPEC-4: after three repairs it ends with a sentence, an alert, and no money held', async () => {
  const { round, planning, versions, database, specId, errors } = await planningGround([cycle]);
  await round();
  const ended = await planning();
  expect(ended).toMatchObject({ state: 'failed', rounds: 4, failure: { code: 'PLAN_NOT_REPAIRED' } });
  expect(await versions()).toHaveLength(4);
  expect(errors).toEqual(['PLAN_NOT_REPAIRED']);
  expect((await openAlerts(database.query)).map(({ key }) => key)).toContain(`planning:${specId}`);
  expect(await held(database)).toBe('0');
});

test.each(['planning:before-call', 'planning:answered'])(
  'R-BASE-2: killed at %s, another process goes on; no version is there twice',
  async (point) => {
    let kills = 1;
    const reached = (at: string) => {
      if (at === point && kills-- > 0)
        throw new TransientError({ ...where, code: 'KILLED', message: 'Killed.' });
    };
    const made = await planningGround([cycle, fine], { reached });
    await made.round();
    expect(await made.planning()).toMatchObject({ state: 'working', calls: 1, rounds: 0 });
    await ifDue(made.database, planningsJob(made.deps, 'two')).run(made.work.signal);
    expect(await made.planning()).toMatchObject({ state: 'planned' });
    expect((await made.versions()).map(({ version }) => version)).toEqual([1, 2]);
    // An answer that arrived is judged by the next process, and not paid for again.
    expect(made.model.prompts).toHaveLength(2);
    expect(await held(made.database)).toBe('0');
  },
);

const where = { component: 'models', operation: 'generate' };
const away = new TransientError({ ...where, code: 'MODEL_UNAVAILABLE', message: 'It is away.' });

test('R-REC-6: a provider that is away is asked again later, and not without end', async () => {
  const { round, planning, clock, model } = await planningGround([away]);
  await round();
  const first = model.prompts.length;
  await round();
  expect(model.prompts).toHaveLength(first);
  expect(await planning()).toMatchObject({ state: 'working', rounds: 0 });
  for (let more = 0; more < 30; more += 1) {
    clock.aheadMs += 10 * 60_000;
    await round();
  }
  expect(await planning()).toMatchObject({ state: 'failed', failure: { code: 'MODEL_UNAVAILABLE' } });
});

test('a failure that waiting does not help ends it at once', async () => {
  const wrong = new PermanentError({ ...where, code: 'MODEL_UNKNOWN', message: 'No such model.' });
  const { round, planning } = await planningGround([wrong]);
  await round();
  expect(await planning()).toMatchObject({ state: 'failed', failure: { code: 'MODEL_UNKNOWN' } });
});

test('R-BUD-8: over the month nothing is asked; a limit that pays for no answer says so', async () => {
  const overMonth = await planningGround([fine], { limitNanoUsd: 1_000_000n * dollar });
  await overMonth.round();
  expect(await overMonth.planning()).toMatchObject({ state: 'failed', failure: { code: 'PLAN_OVER_MONTH' } });
  expect(overMonth.model.prompts).toEqual([]);
  const poor = await planningGround([fine], { limitNanoUsd: 1_000n });
  await poor.round();
  expect(await poor.planning()).toMatchObject({ state: 'failed', failure: { code: 'PLAN_MONEY_USED_UP' } });
  expect(poor.model.prompts).toEqual([]);
  const refused = await planningGround([
    new PermanentError({ ...where, code: 'MODEL_BUDGET', message: 'No room.' }),
  ]);
  await refused.round();
  expect(await refused.planning()).toMatchObject({ failure: { code: 'PLAN_MONEY_USED_UP' } });
});

test('R-SPEC-1: what is stopped during a call stores no version and holds no money', async () => {
  const made = await planningGround([fine], { onAsk: (specId) => made.specs.cancelPlanning(specId) });
  await made.round();
  expect(await made.planning()).toMatchObject({ state: 'cancelled' });
  expect(await made.versions()).toEqual([]);
  expect(await held(made.database)).toBe('0');
});

test('a base branch that is gone ends it', async () => {
  const gone = await planningGround([fine]);
  await sql`update projects set settings = '{"base":"gone"}'`.execute(gone.database.query);
  await gone.round();
  expect(await gone.planning()).toMatchObject({ state: 'failed', failure: { code: 'BASE_BRANCH_UNKNOWN' } });
});

test('R-SPEC-1: what cannot be planned or found says what to do', async () => {
  const { specs, specId, database, clock } = await planningGround([fine]);
  await expect(specs.planOf(specId)).rejects.toMatchObject({ code: 'PLAN_NOT_FOUND' });
  await expect(specs.planOf(specId, 3)).rejects.toMatchObject({
    message: expect.stringContaining('version 3'),
  });
  await specs.cancelPlanning(specId);
  await expect(specs.plan(specId)).rejects.toMatchObject({ code: 'NO_MODEL' });
  const models = { light: [], standard: [], strong: ['nobody/none'] };
  const current = { models, assessment: { tiers: [] }, outputTokensMax: 1 } as never;
  const priced = askSpecs({ database, clock, actor: 'human:ada', settings: { current } });
  await expect(priced.plan(specId)).rejects.toMatchObject({ code: 'MODEL_UNPRICED' });
  const without = await specs.upload({ name: 'Lone', content: 'Build it.' });
  await expect(specs.plan(without.id)).rejects.toMatchObject({ code: 'SPEC_WITHOUT_PROJECT' });
  await expect(specs.plan(without.id, { project: 'none' })).rejects.toMatchObject({
    code: 'PROJECT_NOT_FOUND',
  });
  expect(await specs.cancelPlanning(without.id)).toBeNull();
});

test('fear: killed after the last answer, it asks once more than it may', async () => {
  const { round, planning, database, model } = await planningGround([cycle]);
  await sql`update plannings set rounds = 4, calls = 4`.execute(database.query);
  await round();
  expect(await planning()).toMatchObject({ state: 'failed', failure: { code: 'PLAN_NOT_REPAIRED' } });
  expect(model.prompts).toEqual([]);
});

test('fear: a remote that stays away keeps a request open, and its reader waiting, for ever', async () => {
  const { round, planning, database, clock, model } = await planningGround([fine]);
  await sql`update projects set repository_path = null,
    remote_url = 'http://127.0.0.1:9/none.git', remote_address = 'http://127.0.0.1:9/none.git'`.execute(
    database.query,
  );
  await round();
  expect(await planning()).toMatchObject({ state: 'asked', endedAt: null });
  clock.aheadMs += 7 * 3_600_000;
  await round();
  expect(await planning()).toMatchObject({ state: 'failed' });
  expect(model.prompts).toEqual([]);
});

test('fear: while one model hangs, nobody plans another spec', async () => {
  let other = '';
  const made: Awaited<ReturnType<typeof planningGround>> = await planningGround([fine], {
    onAsk: async () => {
      if (other !== '') return;
      other = await askAnother(made.database);
      await expect
        .poll(async () => (await newestPlanning(made.database.query, other))?.state)
        .toBe('planned');
    },
  });
  await made.round();
  expect(await made.planning()).toMatchObject({ state: 'planned', calls: 1 });
});

test('fear: a request whose end cannot be written stops the job, while the others go on without its lock', async () => {
  const wrong = new PermanentError({ ...where, code: 'MODEL_UNKNOWN', message: 'No such model.' });
  const { round, planning, database, clock } = await planningGround([wrong]);
  const other = await askAnother(database);
  await sql`create function fail() returns trigger language plpgsql as 'begin raise exception ''no alerts''; end'`.execute(
    database.query,
  );
  await sql`create trigger fail before insert on system_alerts execute function fail()`.execute(
    database.query,
  );
  const states = async () =>
    [await planning(), await newestPlanning(database.query, other)].map((each) => each?.state);
  await round();
  expect(await states()).toEqual(['working', 'working']);
  await sql`drop trigger fail on system_alerts`.execute(database.query);
  clock.aheadMs += 10 * 60_000;
  await round();
  expect(await states()).toEqual(['failed', 'failed']);
  expect(await held(database)).toBe('0');
});

test('fear: an edit of no possible version is an unexpected error, and its alert stays when a person corrects the plan', async () => {
  const { round, specs, specId, database } = await planningGround([cycle]);
  await round();
  expect((await openAlerts(database.query)).map(({ key }) => key)).toEqual([`planning:${specId}`]);
  for (const after of [2 ** 40, 1.5, Number.MAX_VALUE])
    await expect(specs.editPlan(specId, { plan: fine, after })).rejects.toMatchObject({
      code: 'PLAN_NOT_FOUND',
    });
  await specs.editPlan(specId, { plan: fine, after: 4 });
  expect(await openAlerts(database.query)).toEqual([]);
});

test('fear: a model that costs nothing cannot plan, because no reservation is for nothing', async () => {
  const { round, specId, database, clock } = await planningGround([fine]);
  await round();
  const none = {
    aboveInputTokens: 0,
    input: 0n,
    cacheRead: 0n,
    cacheWrite: 0n,
    cacheWrite1h: 0n,
    output: 0n,
  };
  const free = { name: 'a/free', contextTokens: null, steps: [none] as [typeof none] };
  await database.transaction((query) => stateGiven(query, [free], { by: 'human:ada', isWhole: false }));
  const models = { light: [], standard: [], strong: ['a/free'] };
  const current = { models, assessment: { tiers: [] }, outputTokensMax: 1 } as never;
  const priced = askSpecs({ database, clock, actor: 'human:ada', settings: { current } });
  expect(await priced.plan(specId, { again: true })).toMatchObject({ state: 'asked', model: 'a/free' });
});
