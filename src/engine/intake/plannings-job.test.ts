import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import { planned, planOf } from '../../domain/plan/plan.fixture.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { stateGiven } from '../../store/money/model-prices.ts';
import { newestPlanning, planVersions } from '../../store/work/plannings.ts';
import { addSpec } from '../../store/work/specs.ts';
import { type Answer, scriptedModel } from '../pipeline/scripted-model.fixture.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { askSpecs } from '../specs/ask-specs.ts';
import { planningsJob } from './plannings-job.ts';

const fine = planOf([planned('basket'), planned('page', { depends_on: ['basket'] })]);
const cycle: Plan = planOf([planned('a', { depends_on: ['b'] }), planned('b', { depends_on: ['a'] })]);
const dollar = 10n ** 9n;

/** A spec whose plan is asked for, and the job with this model's answers. */
async function ground(
  answers: readonly Answer[],
  given: { limitNanoUsd?: bigint; reached?(point: string): void; onAsk?(specId: string): unknown } = {},
) {
  const database = await testDatabase();
  const work = await scratchWork(database, { repositoryPath: scratchRepository().path });
  const specId = randomUUID();
  const content = '# Shop\n\nBuild it.\n';
  await addSpec(database.query, {
    ...{
      id: specId,
      projectId: work.order.projectId,
      name: 'Shop',
      content,
      estimate: {},
      createdBy: 'human:ada',
    },
  });
  const limitNanoUsd = (given.limitNanoUsd ?? 5n * dollar).toString();
  await sql`insert into plannings (id, spec_id, project_id, model, limit_nano_usd, asked_by)
    values (${randomUUID()}, ${specId}, ${work.order.projectId}, 'scripted/strong', ${limitNanoUsd}::bigint,
      'human:ada')`.execute(database.query);
  const model = scriptedModel('scripted/strong', answers, () => given.onAsk?.(specId));
  const errors: string[] = [];
  const clock = { now: () => new Date(Date.now() + clock.aheadMs), aheadMs: 0 };
  const deps = {
    ...{ ...work, clock, model: () => model, reached: given.reached ?? (() => undefined) },
    gateway: { address: async () => ({ url: 'http://gateway.test', port: 1, socketPath: '/none' }) },
    errors: {
      record: ({ code }: { code: string }) => {
        errors.push(code);
        return { id: '', resolved: () => undefined };
      },
    },
  };
  const job = planningsJob(deps);
  return {
    ...{ database, work, specId, model, errors, deps, clock },
    round: () => job.run(work.signal),
    planning: () => newestPlanning(database.query, specId),
    versions: () => planVersions(database.query, specId),
    specs: askSpecs({ database, clock, actor: 'human:ada' }),
  };
}

const held = async (database: Database) =>
  (
    await sql<{
      held: string;
    }>`select coalesce(sum(held_nano_usd), 0)::text as held from budget_windows`.execute(database.query)
  ).rows[0]?.held;

test('R-SPEC-4: an invalid plan is repaired, and the next prompt has the plan and the reasons', async () => {
  const { round, planning, versions, model, database } = await ground([cycle, fine]);
  await round();
  expect(await planning()).toMatchObject({ state: 'planned', rounds: 2, calls: 2, failure: null });
  expect((await versions()).map(({ problems }) => problems.length)).toEqual([1, 0]);
  expect(model.prompts[0]).not.toContain('is not valid');
  expect(model.prompts[1]).toContain('a → b → a');
  expect(model.prompts[1]).toContain('"depends_on":["b"]');
  expect(await held(database)).toBe('0');
});

test('R-SPEC-4: after three repairs it ends with a sentence, an alert, and no money held', async () => {
  const { round, planning, versions, database, specId, errors } = await ground([cycle]);
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
    const made = await ground([cycle, fine], { reached });
    await made.round();
    expect(await made.planning()).toMatchObject({ state: 'working', calls: 1, rounds: 0 });
    await planningsJob(made.deps).run(made.work.signal);
    expect(await made.planning()).toMatchObject({ state: 'planned' });
    expect((await made.versions()).map(({ version }) => version)).toEqual(
      point === 'planning:answered' ? [1] : [1, 2],
    );
    expect(await held(made.database)).toBe('0');
  },
);

const where = { component: 'models', operation: 'generate' };
const away = new TransientError({ ...where, code: 'MODEL_UNAVAILABLE', message: 'It is away.' });

test('R-REC-6: a provider that is away is asked again later, and not without end', async () => {
  const { round, planning, clock, model } = await ground([away]);
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
  const { round, planning } = await ground([wrong]);
  await round();
  expect(await planning()).toMatchObject({ state: 'failed', failure: { code: 'MODEL_UNKNOWN' } });
});

test('R-BUD-8: over the month nothing is asked; a limit that pays for no answer says so', async () => {
  const overMonth = await ground([fine], { limitNanoUsd: 1_000_000n * dollar });
  await overMonth.round();
  expect(await overMonth.planning()).toMatchObject({ state: 'failed', failure: { code: 'PLAN_OVER_MONTH' } });
  expect(overMonth.model.prompts).toEqual([]);
  const poor = await ground([fine], { limitNanoUsd: 1_000n });
  await poor.round();
  expect(await poor.planning()).toMatchObject({ state: 'failed', failure: { code: 'PLAN_MONEY_USED_UP' } });
  expect(poor.model.prompts).toEqual([]);
  const refused = await ground([new PermanentError({ ...where, code: 'MODEL_BUDGET', message: 'No room.' })]);
  await refused.round();
  expect(await refused.planning()).toMatchObject({ failure: { code: 'PLAN_MONEY_USED_UP' } });
});

test('R-SPEC-1: what is stopped during a call stores no version and holds no money', async () => {
  const made = await ground([fine], { onAsk: (specId) => made.specs.cancelPlanning(specId) });
  await made.round();
  expect(await made.planning()).toMatchObject({ state: 'cancelled' });
  expect(await made.versions()).toEqual([]);
  expect(await held(made.database)).toBe('0');
});

test('a base branch that is gone ends it', async () => {
  const gone = await ground([fine]);
  await sql`update projects set settings = '{"base":"gone"}'`.execute(gone.database.query);
  await gone.round();
  expect(await gone.planning()).toMatchObject({ state: 'failed', failure: { code: 'BASE_BRANCH_UNKNOWN' } });
});

test('R-SPEC-1: what cannot be planned or found says what to do', async () => {
  const { specs, specId, database, clock } = await ground([fine]);
  await expect(specs.planOf(specId)).rejects.toMatchObject({ code: 'PLAN_NOT_FOUND' });
  await expect(specs.planOf(specId, 3)).rejects.toMatchObject({
    message: expect.stringContaining('version 3'),
  });
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
  const { round, planning, database, model } = await ground([cycle]);
  await sql`update plannings set rounds = 4, calls = 4`.execute(database.query);
  await round();
  expect(await planning()).toMatchObject({ state: 'failed', failure: { code: 'PLAN_NOT_REPAIRED' } });
  expect(model.prompts).toEqual([]);
});

test('fear: a remote that stays away keeps a request open, and its reader waiting, for ever', async () => {
  const { round, planning, database, clock, model } = await ground([fine]);
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

/** Another spec, whose plan is asked for. */
async function askAnother(database: Database): Promise<string> {
  const specId = randomUUID();
  await sql`insert into specs (id, project_id, name, content, estimate, created_by)
    select ${specId}, project_id, 'Other', content, estimate, created_by from specs limit 1`.execute(
    database.query,
  );
  await sql`insert into plannings (id, spec_id, project_id, model, limit_nano_usd, asked_by)
    select ${randomUUID()}, ${specId}, project_id, model, limit_nano_usd, asked_by from plannings limit 1`.execute(
    database.query,
  );
  return specId;
}

test('fear: while one model hangs, nobody plans another spec', async () => {
  let other = '';
  const made: Awaited<ReturnType<typeof ground>> = await ground([fine], {
    onAsk: async () => {
      if (other !== '') return;
      other = await askAnother(made.database);
      await expect
        .poll(async () => (await newestPlanning(made.database.query, other))?.state, { timeout: 20_000 })
        .toBe('planned');
    },
  });
  await made.round();
  expect(await made.planning()).toMatchObject({ state: 'planned', calls: 1 });
});

test('fear: a request whose end cannot be written stops the job, while the others go on without its lock', async () => {
  const wrong = new PermanentError({ ...where, code: 'MODEL_UNKNOWN', message: 'No such model.' });
  const { round, planning, database, clock } = await ground([wrong]);
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
  const { round, specs, specId, database } = await ground([cycle]);
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
  const { round, specId, database, clock } = await ground([fine]);
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
  expect(await priced.plan(specId)).toMatchObject({ state: 'asked', model: 'a/free' });
});
