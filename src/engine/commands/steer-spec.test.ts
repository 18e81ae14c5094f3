import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { announceChannels } from '../../store/failures/outbox.ts';
import { plannedStates, specRun } from '../../store/work/plans/running-plans.ts';
import { requireWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { approveAndRun } from '../specs/approve-and-run.ts';
import { addVersion, aPlannedSpec, by, endWith, orderOf, startedOf } from '../specs/planned-spec.fixture.ts';
import { startDependents } from '../specs/start-planned.ts';
import { cancelIfOpen } from './cancel.ts';
import { pause, pauseIfOpen } from './pause-and-resume.ts';
import { specRunsJob } from './spec-runs-job.ts';
import { steerSpecs } from './steer-spec.ts';

async function ground(edges: Record<string, string[]>, actor = by) {
  const database = await testDatabase();
  const deps = { database, clock: systemClock };
  const spec = await aPlannedSpec(database, edges);
  const job = ifDue(database, specRunsJob(deps));
  return {
    database,
    deps,
    spec,
    specs: steerSpecs({ ...deps, actor }),
    look: () => job.run(new AbortController().signal),
    end: async (key: string, status: Parameters<typeof endWith>[2]) =>
      endWith(database, await orderOf(database, spec, key), status),
    states: async () =>
      Object.fromEntries((await plannedStates(database.query, spec)).map((one) => [one.planKey, one])),
    runState: async () => (await specRun(database.query, spec)).runState,
    notices: () => noticesOf(database),
  };
}

async function noticesOf({ query }: Database): Promise<string[]> {
  const rows = await query.selectFrom('outbox').select('payload').where('kind', '=', 'spec.ended').execute();
  return rows.map(({ payload }) => JSON.stringify(payload));
}

test('R-SPEC-2: run approves, starts, and continues after a pause; what a person paused alone stays paused', async () => {
  const { database, deps, spec, specs, end, states, runState } = await ground({
    a: [],
    b: [],
    c: ['a'],
    d: [],
  });
  await specs.approve(spec);
  expect(await startedOf(database, spec)).toEqual([]);
  await specs.run(spec);
  await specs.run(spec);
  expect(await startedOf(database, spec)).toEqual(['a', 'b', 'd']);
  await end('a', 'in_progress');
  const alone = steerSpecs({ ...deps, actor: 'human:bob' });
  const d = await requireWorkOrder(database.query, await orderOf(database, spec, 'd'));
  await pause(deps, d, 'human:bob');
  await specs.pause(spec);
  await specs.pause(spec);
  expect(await runState()).toBe('paused');
  expect(Object.values(await states()).map(({ heldBy }) => heldBy)).toEqual([by, by, 'human:bob', null]);
  await end('a', 'completed');
  expect(await startedOf(database, spec), 'nothing starts in a paused spec').not.toContain('c');
  const program = steerSpecs({ ...deps, actor: 'api:ci' });
  await expect(program.resume(spec)).rejects.toMatchObject({ code: 'PAUSE_NOT_YOURS' });
  await alone.run(spec);
  await specs.resume(spec);
  expect(await runState()).toBe('running');
  expect(await startedOf(database, spec)).toContain('c');
  expect(Object.values(await states()).map(({ heldBy }) => heldBy)).toEqual([null, null, 'human:bob', null]);
});

test('R-SPEC-2: fear: a retry starts work orders of a spec that is paused', async () => {
  const { spec, specs, end, states } = await ground({ a: [], b: [] });
  await specs.run(spec);
  await end('a', 'failed');
  await specs.pause(spec);
  await expect(specs.retry(spec)).rejects.toMatchObject({
    code: 'SPEC_PAUSED',
    advice: expect.stringContaining('moose spec resume'),
  });
  expect((await states()).a).toMatchObject({ status: 'failed', run: 1 });
  await specs.resume(spec);
  await specs.retry(spec);
  expect((await states()).a).toMatchObject({ status: 'in_progress' });
});

test('R-SPEC-2: fear: the clock of another machine goes ahead, and a resume takes back the pause of a person there', async () => {
  const { deps, spec, specs, states } = await ground({ a: [], b: [] });
  await specs.run(spec);
  const ahead = { now: () => new Date(Date.now() + 600_000) };
  await pauseIfOpen({ ...deps, clock: ahead }, await orderOf(deps.database, spec, 'b'), 'human:bob', 'alone');
  const behind = { now: () => new Date(Date.now() - 600_000) };
  await steerSpecs({ ...deps, clock: behind, actor: by }).pause(spec);
  await steerSpecs({ ...deps, clock: ahead, actor: by }).pause(spec);
  await specs.resume(spec);
  expect(await states()).toMatchObject({ a: { heldBy: null }, b: { heldBy: 'human:bob' } });
});

test('R-ESC-4: a program does not approve a plan; it runs one that a person has approved', async () => {
  const { deps, spec, specs, runState } = await ground({ a: [] });
  const program = steerSpecs({ ...deps, actor: 'api:ci' });
  for (const act of [program.run, program.approve])
    await expect(act(spec)).rejects.toMatchObject({ code: 'APPROVAL_NOT_YOURS' });
  expect(await runState()).toBeNull();
  await specs.approve(spec);
  await program.run(spec);
  expect(await runState()).toBe('running');
});

test('R-SPEC-2: what is not approved or was cancelled cannot be steered, and says why', async () => {
  const { deps, spec, specs } = await ground({ a: [] });
  const refused = { code: 'SPEC_NOT_APPROVED', advice: expect.stringContaining('moose spec run') };
  for (const act of ['pause', 'resume', 'cancel', 'retry'] as const)
    await expect(specs[act](spec), act).rejects.toMatchObject(refused);
  await specs.approve(spec);
  await expect(specs.pause(spec)).rejects.toMatchObject({ code: 'SPEC_NOT_RUNNING' });
  await specs.cancel(spec);
  for (const act of ['run', 'retry'] as const)
    await expect(specs[act](spec), act).rejects.toMatchObject({ code: 'SPEC_RUN_OVER' });
  await addVersion(deps.database, spec, { a: [] });
  await expect(specs.run(spec, { plan: 2 })).rejects.toMatchObject({ code: 'SPEC_APPROVED' });
});

test('R-SPEC-2: cancel keeps what is completed, and the job finishes one whose process died', async () => {
  const { database, spec, specs, end, states, look, runState } = await ground({
    a: [],
    b: [],
    c: ['b'],
    d: ['a'],
  });
  await specs.run(spec);
  await end('a', 'completed');
  await end('b', 'in_progress');
  await specs.cancel(spec);
  const { a, b, c, d } = await states();
  expect([a, c, d].map((one) => one?.status)).toEqual(['completed', 'cancelled', 'cancelled']);
  expect(b?.status, 'its process was told').toBe('in_progress');
  await specs.cancel(spec);
  expect(await runState()).toBe('cancelled');
  const other = await aPlannedSpec(database, { a: [], b: ['a'], c: [] });
  await approveAndRun({ database, clock: systemClock }, { spec: other, by });
  await endWith(database, await orderOf(database, other, 'c'), 'failed');
  await database.query
    .updateTable('specs')
    .set({ runState: 'cancelled', runChangedBy: by })
    .where('id', '=', other)
    .execute();
  await look();
  const left = await plannedStates(database.query, other);
  expect(left.map(({ planKey, status }) => `${planKey}: ${status}`).toSorted()).toEqual([
    'a: cancelled',
    'b: cancelled',
    'c: cancelled',
  ]);
});

test('R-SPEC-2: retry starts what failed or needs review, and replaces what was cancelled with its dependencies', async () => {
  const { database, deps, spec, specs, end, states } = await ground({ a: [], b: [], c: ['a', 'b'], d: [] });
  await specs.run(spec);
  await end('a', 'failed');
  await end('d', 'needs_review');
  const old = await orderOf(database, spec, 'b');
  await cancelIfOpen(deps, old, by);
  await cancelIfOpen(deps, old, by);
  expect((await states()).c).toMatchObject({ status: 'pending', waitsFor: 2 });
  await specs.retry(spec);
  const after = await states();
  expect([after.a?.status, after.b?.status, after.d?.status]).toEqual([
    'in_progress',
    'pending',
    'in_progress',
  ]);
  expect(after.b?.id).not.toBe(old);
  expect(after.b).toMatchObject({ run: 1, waitsFor: 0, title: 'Build b' });
  await end('b', 'completed');
  await end('a', 'completed');
  expect((await states()).c, 'both are there').toMatchObject({ waitsFor: 0, run: 1 });
  expect(await startedOf(database, spec)).toContain('(replaced)');
});

test('R-SPEC-2: fear: what depends on a replaced work order starts before the new one is there', async () => {
  const edges = { a: [], b: ['a'], c: ['b'], d: ['a'] };
  const { database, deps, spec, specs, end, states } = await ground(edges);
  await specs.run(spec);
  await end('a', 'in_progress');
  // It is ready to be merged: b and d start, and then a person closes its pull request and gives up b too.
  const a = await orderOf(database, spec, 'a');
  await database.transaction((query) => startDependents(query, a, systemClock.now()));
  expect(await startedOf(database, spec)).toEqual(['a', 'b', 'd']);
  await end('d', 'in_progress');
  const cancelled = { status: 'cancelled', stepState: 'done', changedBy: by } as const;
  await database.query.updateTable('workOrders').set(cancelled).where('id', '=', a).execute();
  await cancelIfOpen(deps, await orderOf(database, spec, 'b'), by);
  await specs.retry(spec);
  const after = await states();
  expect([after.a, after.b, after.c]).toMatchObject([
    { status: 'pending', run: 1, waitsFor: 0 },
    { status: 'pending', run: 0, waitsFor: 1 },
    { status: 'pending', run: 0, waitsFor: 1 },
  ]);
  expect(after.d, 'what has started goes on').toMatchObject({ status: 'in_progress', waitsFor: 0 });
  await end('a', 'completed');
  expect((await states()).b).toMatchObject({ run: 1, waitsFor: 0 });
  await end('b', 'completed');
  expect((await states()).c).toMatchObject({ run: 1, waitsFor: 0 });
});

test('R-SPEC-5: a spec ends once no work order can move, with one summary; a retry goes on, and ends it again', async () => {
  const { database, spec, specs, end, look, runState, notices } = await ground({ a: [], b: ['a'], c: ['b'] });
  await announceChannels(database.query, ['slack'], 'test');
  await specs.run(spec);
  await look();
  expect(await runState()).toBe('running');
  await end('a', 'completed');
  await end('b', 'needs_review');
  await look();
  expect(await runState(), 'a person must look at b').toBe('running');
  await specs.retry(spec);
  await end('b', 'failed');
  await look();
  await look();
  expect(await runState()).toBe('done');
  const [told = '', ...more] = await notices();
  expect(more).toEqual([]);
  expect(told).toContain('1 of 3 work orders are completed');
  expect(told).toContain('Open: b (failed), c (waiting).');
  await specs.retry(spec);
  await look();
  expect(await runState()).toBe('running');
  await end('b', 'completed');
  expect(await startedOf(database, spec)).toContain('c');
  await end('c', 'completed');
  await look();
  expect(await runState()).toBe('done');
  expect((await notices()).at(-1)).toContain('3 of 3 work orders are completed');
});

test('R-SPEC-2: fear: a fault left a work order behind, and nobody ever starts it', async () => {
  const { database, spec, specs, end, look } = await ground({ a: [], b: ['a'], c: [] });
  await specs.approve(spec);
  await database.query.updateTable('specs').set({ runState: 'running' }).where('id', '=', spec).execute();
  await look();
  expect(await startedOf(database, spec)).toEqual(['a', 'c']);
  await end('a', 'in_progress');
  const done = { status: 'completed', stepState: 'done', changedBy: by } as const;
  const a = await orderOf(database, spec, 'a');
  await database.query.updateTable('workOrders').set(done).where('id', '=', a).execute();
  await look();
  expect(await startedOf(database, spec)).toContain('b');
});
