import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ConfigurationError } from '../../../domain/failure.ts';
import { planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import type { Database } from '../../../store/database.ts';
import { openAlerts } from '../../../store/failures/alerts.ts';
import { type PriceOfEnv, stateGiven } from '../../../store/money/model-prices.ts';
import { newestPlanning } from '../../../store/work/plans/plannings.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { askProjects } from '../../settings/projects/ask-projects.ts';
import { askSpecs } from '../ask-specs.ts';
import { askAnother, cycle, fine, held, locksOf, planningGround } from './planning-ground.fixture.ts';
import { planningsJob } from './plannings-job.ts';

const known = { agents: async () => [], models: async () => [] } as never;

test('R-BASE-2: a machine without the repository leaves a spec to one that has it', async () => {
  const made = await planningGround([fine]);
  const { database, deps, work, clock } = made;
  const path = work.project.repositoryPath;
  await sql`update projects set repository_path = '/srv/not-here'`.execute(database.query);
  await made.round();
  expect(await made.planning()).toMatchObject({
    state: 'asked',
    endedAt: null,
    declined: { here: expect.stringContaining('does not have the repository /srv/not-here') },
  });
  expect(await made.specs.planning(made.specId)).toMatchObject({ declined: [{ machine: 'here' }] });
  await sql`update projects set repository_path = ${path}`.execute(database.query);
  const other = { ...deps, settings: { ...deps.settings, host: 'there' }, locks: await locksOf(database) };
  clock.aheadMs += 10_000;
  await ifDue(database, planningsJob(other, 'two')).run(work.signal);
  expect(await made.planning()).toMatchObject({ state: 'planned', declined: {}, declinedSince: null });
});

test('R-BASE-2: a machine without the key of the model leaves a spec to one that has it; if none has it, it ends', async () => {
  const made = await planningGround([fine]);
  const { database, deps, work, clock } = made;
  const keyless = {
    ...deps,
    model: (): never => {
      throw new ConfigurationError({
        component: 'models',
        operation: 'configure',
        code: 'MODEL_KEY_MISSING',
        message: 'The key of scripted is missing.',
        advice: 'Set it.',
      });
    },
  };
  const job = ifDue(database, planningsJob({ ...keyless, locks: await locksOf(database) }, 'keyless'));
  await job.run(work.signal);
  expect(await made.planning()).toMatchObject({ state: 'asked', starts: 0, calls: 0 });
  // Another machine is running, and has not tried yet.
  await sql`insert into executors (id, host, pid, machine, lock_backend)
    values (${randomUUID()}, 'busy', 1, 'm', 1)`.execute(database.query);
  clock.aheadMs += 2 * 60_000;
  await job.run(work.signal);
  expect(await made.planning()).toMatchObject({ endedAt: null });
  clock.aheadMs += 4 * 60_000;
  await job.run(work.signal);
  expect(await made.planning()).toMatchObject({ state: 'failed', failure: { code: 'MODEL_KEY_MISSING' } });
  expect(await held(database)).toBe('0');
});

test('a model that cannot be made for a reason of no setting is an error, and leaves nothing to others', async () => {
  const made = await planningGround([fine]);
  const broken = {
    ...made.deps,
    model: (): never => {
      throw new TypeError('A bug');
    },
  };
  await ifDue(made.database, planningsJob(broken, 'one')).run(made.work.signal);
  expect(made.errors).toEqual(['UNEXPECTED']);
  expect(await made.planning()).toMatchObject({ declined: {} });
});

test('R-BASE-2: two machines never plan one spec at the same time', async () => {
  let other: Promise<void> | undefined;
  const made: Awaited<ReturnType<typeof planningGround>> = await planningGround([fine], {
    onAsk: async () => {
      if (other !== undefined) return;
      const deps = { ...made.deps, locks: await locksOf(made.database) };
      other = ifDue(made.database, planningsJob(deps, 'two')).run(made.work.signal);
      await other;
    },
  });
  await made.round();
  expect(await made.planning()).toMatchObject({ state: 'planned', calls: 1, rounds: 1 });
  expect(await made.versions()).toHaveLength(1);
});

test('fear: while one spec is planned here, a spec that another process plans is asked for without a pause', async () => {
  const tried: string[] = [];
  let late: Promise<string> | undefined;
  const made: Awaited<ReturnType<typeof planningGround>> = await planningGround([fine], {
    onAsk: async () => {
      late ??= askAnother(made.database).then(lockOf);
      const lock = await late;
      await expect.poll(() => tried, { timeout: 10_000 }).toContain(lock);
    },
  });
  const { database, deps, work } = made;
  const lockOf = async (specId: string) => `planning:${(await newestPlanning(database.query, specId))?.id}`;
  const others = await lockOf(await askAnother(database));
  expect(await (await locksOf(database)).tryLock(others)).toBe(true);
  const locks = {
    tryLock: (name: string) => {
      tried.push(name);
      return deps.locks.tryLock(name);
    },
    unlock: (name: string) => deps.locks.unlock(name),
  };
  const now = new Date();
  const job = planningsJob({ ...deps, clock: { now: () => now }, locks }, 'one');
  await ifDue(database, job).run(work.signal);
  expect(tried.filter((name) => name === others)).toHaveLength(1);
});

test('fear: a repository whose reading ends the process is read again for ever', async () => {
  const made = await planningGround([fine]);
  const { database, specId } = made;
  // What is left by five processes that were killed before they recorded anything.
  await sql`update plannings set starts = 5`.execute(database.query);
  await made.round();
  expect(await made.planning()).toMatchObject({
    state: 'failed',
    failure: { code: 'PLAN_STARTS_EXHAUSTED', advice: expect.stringContaining('moose spec plan') },
  });
  expect((await openAlerts(database.query)).map(({ key }) => key)).toEqual([`planning:${specId}`]);
  expect(made.model.prompts).toEqual([]);
});

test('a process that says why it cannot plan does not count as one that died', async () => {
  const starts: number[] = [];
  const made: Awaited<ReturnType<typeof planningGround>> = await planningGround([cycle, fine], {
    reached: () => undefined,
    onAsk: async () => starts.push((await made.planning())?.starts ?? -1),
  });
  await sql`update plannings set starts = 3`.execute(made.database.query);
  await made.round();
  expect(starts).toEqual([4, 0]);
});

test('R-PROJ-1: removing a project stops the planning of its specs and frees its money; none begins after that', async () => {
  let removed = '';
  const made: Awaited<ReturnType<typeof planningGround>> = await planningGround([fine], {
    onAsk: async () => {
      await sql`update work_orders set status = 'cancelled'`.execute(made.database.query);
      const projects = askProjects({ database: made.database, clock: made.clock, known, actor: 'human:ada' });
      removed = (await projects.remove(made.work.project.name)).id;
    },
  });
  await made.round();
  expect(removed).toBe(made.work.project.id);
  expect(await made.planning()).toMatchObject({ state: 'cancelled' });
  expect(await held(made.database)).toBe('0');
  expect(await made.versions()).toEqual([]);
  await expect(made.specs.plan(made.specId)).rejects.toMatchObject({ code: 'SPEC_WITHOUT_PROJECT' });
  await sql`update plannings set ended_at = null, state = 'asked', reservation_id = null`.execute(
    made.database.query,
  );
  await made.round();
  expect(await made.planning()).toMatchObject({ state: 'failed', failure: { code: 'PROJECT_REMOVED' } });
});

const edited = planOf([planned('till')]);

test.each([
  ['a valid', fine, 'planned', 0],
  ['an invalid', cycle, 'cancelled', 1],
])(
  'R-SPEC-1: %s answer after a person has edited the plan is kept aside, and repairs nothing',
  async (_, late, state, problems) => {
    const made: Awaited<ReturnType<typeof planningGround>> = await planningGround([cycle, late], {
      onAsk: async () => {
        if (made.model.prompts.length !== 2) return;
        await made.specs.editPlan(made.specId, { plan: edited, after: 1, because: 'by hand' });
      },
    });
    await made.round();
    expect(await made.planning()).toMatchObject({ state, rounds: 2, calls: 2 });
    expect((await made.versions()).map(({ version, isAside }) => [version, isAside])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect(await made.specs.planOf(made.specId)).toMatchObject({ version: 2, made_by: 'human:ada' });
    const aside = await made.specs.planOf(made.specId, 3);
    expect(aside).toMatchObject({ is_aside: true, made_by: 'architect:scripted/strong' });
    expect(aside.problems).toHaveLength(problems);
    // A person who prefers the Architect's plan submits it as an edit.
    if (problems > 0) return;
    expect(await made.specs.editPlan(made.specId, { plan: aside.plan, after: 2 })).toMatchObject({
      version: 4,
    });
  },
);

test('a person who has a spec planned after an edit gets the plan of the Architect as the newest', async () => {
  const made = await planningGround([fine]);
  await sql`update plannings set ended_at = clock_timestamp(), state = 'cancelled'`.execute(
    made.database.query,
  );
  await made.round();
  const { database, specId } = made;
  await sql`insert into spec_plans (id, spec_id, version, plan, problems, made_by, because)
    values (${randomUUID()}, ${specId}, 1, ${JSON.stringify(edited)}, '[]', 'human:ada', 'edited')`.execute(
    database.query,
  );
  await sql`update plannings set ended_at = null, state = 'asked', asked_at = clock_timestamp()`.execute(
    database.query,
  );
  await made.round();
  expect(await made.specs.planOf(specId)).toMatchObject({ version: 2, is_aside: false });
});

test('R-BUD-8: a repeated request to plan is not paid again; another plan is one that somebody asked for', async () => {
  const made = await planningGround([fine]);
  const { specs, specId, database } = made;
  await made.round();
  const first = await specs.planning(specId);
  expect(await specs.plan(specId)).toEqual(first);
  await priceOf(database, 'a/strong');
  const settings = {
    current: { ...made.deps.settings, models: { light: [], standard: [], strong: ['a/strong'] } },
  };
  const asking = askSpecs({ database, clock: made.clock, actor: 'human:ada', settings });
  const id = randomUUID();
  const again = await asking.plan(specId, { again: true }, id);
  expect(again).toMatchObject({ id, state: 'asked' });
  await asking.cancelPlanning(specId);
  // The answer to the request was lost, and a program sends it again.
  expect(await asking.plan(specId, { again: true }, id)).toMatchObject({ id, state: 'cancelled' });
  const other = (
    await askProjects({ database, clock: made.clock, known, actor: 'human:ada' }).add({
      repository: scratchRepository().path,
      name: 'other',
    })
  ).project;
  await sql`update plannings set state = 'planned' where id = ${id}`.execute(database.query);
  expect(await asking.plan(specId, { project: other.name })).toMatchObject({ state: 'asked' });
});

async function priceOf(database: Database, name: string): Promise<void> {
  const rates = {
    aboveInputTokens: 0,
    input: 1n,
    cacheRead: 1n,
    cacheWrite: 1n,
    cacheWrite1h: 1n,
    output: 1n,
  };
  const given: PriceOfEnv = { name, contextTokens: null, steps: [rates] };
  await database.transaction((query) => stateGiven(query, [given], { by: 'human:ada', isWhole: false }));
}
