import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError } from '../../domain/failure.ts';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { answerReconcile } from './answer-reconcile.ts';
import type { DriftKind, Found } from './drift-kind.ts';
import { driftKinds } from './kinds.ts';
import { reconcile, repairLeaseMs } from './reconcile.ts';
import { reconcileJobs, rungJobs } from './reconcile-job.ts';
import { depsOf, laterMs } from './scratch-reconcile.fixture.ts';

const signal = new AbortController().signal;

/** Work orders that need review without an open question, and a home that belongs to no work order. */
async function scene(orders = 1) {
  const database = await testDatabase();
  const dataDirectory = scratchDirectory();
  const ids: string[] = [];
  for (let made = 0; made < orders; made++) {
    const { workOrderId, runId } = await aWorkOrderAtWork(database, { step: 'verifying' });
    await database.query
      .updateTable('runs')
      .set({ state: 'ended', endedAt: new Date() })
      .where('id', '=', runId)
      .execute();
    const by = { changedBy: 'human:test', changedBecause: 'test' };
    await changeWorkOrder(
      database.query,
      workOrderId,
      {},
      { status: 'needs_review', stepState: 'done', ...by },
    );
    ids.push(workOrderId);
  }
  const home = join(dataDirectory, 'homes', '00000000');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'kept.txt'), 'x');
  const deps = depsOf({ database, dataDirectory });
  const near = driftKinds.filter(({ isSeldom }) => !isSeldom);
  const now = () => reconcile(deps, near, signal);
  const answers = answerReconcile({
    database,
    clock: deps.clock,
    forges: deps.forges,
    actor: 'human:anna',
    signal,
    settings: { current: deps.settings as never },
    machine: async () => deps.machine,
  });
  const alerts = () => database.query.selectFrom('systemAlerts').selectAll().execute();
  return { database, deps, ids, now, answers, alerts };
}

test('fear: a look at the whole machine goes on after its process has stopped', async () => {
  const { database, deps } = await scene();
  const reason = new DOMException('Moose is closing', 'AbortError');
  const answers = answerReconcile({
    database,
    clock: deps.clock,
    forges: deps.forges,
    actor: 'human:anna',
    signal: AbortSignal.abort(reason),
    settings: { current: deps.settings as never },
    machine: async () => deps.machine,
  });
  await expect(answers.plan()).rejects.toBe(reason);
  await expect(answers.now()).rejects.toBe(reason);
});

test('R-SES-7: a plan changes nothing; safe repairs are made, and the rest is asked about once', async () => {
  const { now, answers, alerts, ids, database } = await scene();
  const plan = await answers.plan();
  expect(plan.counts).toEqual({ safe: 1, asked: 1, left: 0 });
  expect(plan.unread).toEqual([]);
  expect(plan.drifts.map(({ kind, id }) => ({ kind, id }))).toEqual([
    { kind: 'review-unasked', id: null },
    { kind: 'home-unknown', id: null },
  ]);
  expect(await alerts()).toEqual([]);

  expect((await now()).repaired).toBe(1);
  await now();
  await now();
  expect(await alerts()).toMatchObject([{ code: 'STATE_INCONSISTENT', times: 1, resolvedAt: null }]);
  const events = await sql<{ kind: string }>`select kind from work_order_events
    where work_order_id = ${ids[0]} and kind = 'inconsistent'`.execute(database.query);
  expect(events.rows).toHaveLength(1);
  const { drifts, repaired } = await answers.latest();
  expect(repaired).toMatchObject([{ kind: 'home-unknown', ended_at: expect.any(String) }]);
  expect(drifts).toMatchObject([{ kind: 'review-unasked', is_safe: false, repair: null }]);
});

test('R-SES-7: a person leaves a difference as it is, and is not asked again; when it is gone, it ends', async () => {
  const { now, answers, alerts, ids, database } = await scene(2);
  await now();
  const id = (await answers.latest()).drifts[0]?.id ?? '';
  await expect(answers.answer(id, 'repair')).rejects.toMatchObject({ code: 'DRIFT_WITHOUT_REPAIR' });
  await expect(answers.answer('ffffffff', 'leave')).rejects.toMatchObject({ code: 'DRIFT_NOT_FOUND' });
  expect(await answers.answer('review-unasked', 'leave')).toHaveLength(2);
  await now();
  expect(await alerts()).toMatchObject([{ resolvedAt: expect.any(Date) }]);
  expect((await answers.latest()).counts).toEqual({ safe: 0, asked: 0, left: 2 });
  const by = { changedBy: 'human:test', changedBecause: 'test' };
  for (const each of ids)
    await changeWorkOrder(database.query, each as never, {}, { status: 'cancelled', ...by });
  await now();
  expect((await answers.latest()).drifts).toEqual([]);
});

/** A kind of drift whose repairs this test controls. */
function kindOf(find: () => Promise<Found[]>): DriftKind {
  const words = { means: 'A test.', repair: 'repair it', isSafe: true } as const;
  return { name: 'home-unknown', side: 'files', seenBy: 'machine', ...words, find };
}

test('R-SES-7: a process is killed in the middle of a repair: the next look repeats it after a while', async () => {
  const { deps, database } = await scene(0);
  let begun = 0;
  const stopped = new AbortController();
  const found = (act: () => Promise<void>): Found[] => [
    { subject: 'x', what: 'X differs', evidence: 'y', act },
  ];
  const dies = kindOf(async () =>
    found(async () => {
      begun += 1;
      stopped.abort(new DOMException('killed', 'AbortError'));
      throw stopped.signal.reason;
    }),
  );
  await expect(reconcile(deps, [dies], stopped.signal)).rejects.toThrow('killed');
  const works = kindOf(async () =>
    found(async () => {
      begun += 1;
    }),
  );
  // Another process may still be repairing it.
  expect((await reconcile(deps, [works], signal)).repaired).toBe(0);
  const later = { ...deps, clock: { now: () => new Date(Date.now() + laterMs + repairLeaseMs + 1_000) } };
  expect((await reconcile(later, [works], signal)).repaired).toBe(1);
  expect(begun).toBe(2);
  expect(await database.query.selectFrom('drifts').select(['endState', 'tries']).execute()).toEqual([
    { endState: 'repaired', tries: 2 },
  ]);
});

test('a repair that fails says so, and is tried again; a kind that cannot be read hides nothing and ends nothing', async () => {
  const { deps, answers } = await scene(0);
  const failure = new PermanentError({
    code: 'TEST',
    component: 't',
    operation: 't',
    message: 'The disk is full.',
  });
  const fails = kindOf(async () => [
    { subject: 'x', what: 'X differs', evidence: 'y', act: () => Promise.reject(failure) },
  ]);
  expect((await reconcile(deps, [fails], signal)).repairFailures).toEqual([failure]);
  const unread = kindOf(() => Promise.reject(failure));
  expect((await reconcile(deps, [unread], signal)).failures).toMatchObject([{ failure }]);
  expect((await answers.latest()).drifts).toMatchObject([{ failure: 'The disk is full.', tries: 1 }]);
  await reconcile(deps, [fails], signal);
  expect((await answers.latest()).drifts).toMatchObject([{ tries: 2 }]);
});

test('fear: repairs that always fail take every turn, and the others are never made', async () => {
  const { deps } = await scene(0);
  const some = (count: number): Found[] =>
    Array.from({ length: count }, (_, n) => ({
      subject: `x${n}`,
      what: 'X differs',
      evidence: 'y',
      act: () => Promise.reject(new TypeError('never')),
    }));
  const other: Found = { subject: 'z', what: 'Z differs', evidence: 'y', act: async () => undefined };
  await reconcile(deps, [kindOf(async () => some(500))], signal);
  const { repaired } = await reconcile(deps, [kindOf(async () => [...some(500), other])], signal);
  expect(repaired).toBe(1);
});

test('fear: of more differences than one look records, those that a person leaves are asked about again', async () => {
  const { deps, answers, database } = await scene(0);
  const named = (n: number): Found => ({ subject: `x${n}`, what: 'X differs', evidence: 'y', act: null });
  const others = Array.from({ length: 1_000 }, (_, n) => named(n + 1));
  await reconcile(deps, [kindOf(async () => [named(0)])], signal);
  await answers.answer('home-unknown', 'leave');
  await reconcile(deps, [kindOf(async () => [...others, named(0)])], signal);
  const left = database.query.selectFrom('drifts').select(['answer', 'endedAt']).where('subject', '=', 'x0');
  expect(await left.execute()).toEqual([{ answer: 'leave', endedAt: null }]);
});

test('R-REC-3: a difference that comes back after each repair becomes a question', async () => {
  const { deps, answers } = await scene(0);
  let repairs = 0;
  const comesBack = kindOf(async () => [
    {
      subject: 'x',
      what: 'X differs',
      evidence: 'y',
      act: async () => {
        repairs += 1;
      },
    },
  ]);
  for (let look = 0; look < 13; look++) await reconcile(deps, [comesBack], signal);
  expect(repairs).toBe(10);
  expect((await answers.latest()).counts).toMatchObject({ safe: 0, asked: 1 });
});

test('R-SES-7: the jobs cover each kind once, and report what they could not do', async () => {
  const { deps, database, answers } = await scene();
  const jobs = reconcileJobs(deps);
  for (const job of jobs) await job.run(signal);
  expect((await answers.latest()).repaired).toMatchObject([{ kind: 'home-unknown' }]);
  expect(new Set(driftKinds.map(({ name }) => name)).size).toBe(driftKinds.length);
  expect(driftKinds.length).toBeGreaterThanOrEqual(40);
  const closed = { ...deps, settings: { ...deps.settings, dataDirectory: '/proc/self/mem' } };
  await expect(reconcileJobs(closed)[2]?.run(signal)).resolves.toBeUndefined();
  expect(await database.query.selectFrom('drifts').select('id').execute()).not.toEqual([]);
});

test('a process without a data directory cannot look', async () => {
  const { deps, database } = await scene(0);
  const { clock, forges } = deps;
  const answers = answerReconcile({ database, clock, forges, actor: 'human:anna', signal });
  await expect(answers.now()).rejects.toMatchObject({ code: 'RECONCILE_NOT_HERE' });
});

test("R-PIPE-14: fear: the Moose of another database takes what is in the data directory for nobody's", async () => {
  const { deps, now } = await scene(0);
  expect((await now()).repaired).toBe(1);
  const path = join(deps.settings.dataDirectory, 'homes', '00000001');
  mkdirSync(path);
  const other = { ...deps, database: await testDatabase() };
  const kinds = driftKinds.filter(({ name }) => name === 'home-unknown');
  const { found, repaired } = await reconcile(other, kinds, signal);
  expect(found).toMatchObject([{ isSafe: false, evidence: expect.stringContaining('another database') }]);
  expect(repaired).toBe(0);
  expect(existsSync(path)).toBe(true);
  expect((await now()).repaired).toBe(1);
});

test("R-PIPE-14: fear: a machine with a new name takes what waits in its data directory for nobody's", async () => {
  const { deps, now } = await scene(0);
  expect((await now()).repaired).toBe(1);
  const path = join(deps.settings.dataDirectory, 'homes', '00000001');
  mkdirSync(path);
  const renamed = { ...deps, settings: { ...deps.settings, host: 'renamed' } };
  const kinds = driftKinds.filter(({ name }) => name === 'home-unknown');
  const { found, repaired } = await reconcile(renamed, kinds, signal);
  expect(found).toMatchObject([{ isSafe: false, evidence: expect.stringContaining('this one is renamed') }]);
  expect(repaired).toBe(0);
  expect(existsSync(path)).toBe(true);
});

test('R-SES-7: what an event rings is a job that exists, and may run sooner than by the clock', async () => {
  const deps = depsOf({ database: await testDatabase(), dataDirectory: scratchDirectory() });
  const jobs = reconcileJobs(deps);
  const { host } = deps.settings;
  const rung = (['here', 'far'] as const).flatMap((where) => rungJobs(host, where));
  expect(rung.toSorted()).toEqual(jobs.map(({ name }) => name).toSorted());
  for (const { everyMs, rungEveryMs = everyMs } of jobs) expect(rungEveryMs).toBeLessThan(everyMs);
});
