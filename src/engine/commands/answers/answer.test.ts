import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { type Escalation, escalationById, type NewEscalation } from '../../../store/failures/escalations.ts';
import { announceChannels } from '../../../store/failures/outbox.ts';
import { openRunOf, updateRun } from '../../../store/work/runs/runs.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { askHuman, askTogether } from '../../questions/ask-human.ts';
import { asking, by, depsOf, to } from '../../questions/asking.fixture.ts';
import { answer, answerAtOnce } from './answer.ts';
import { defaultsJob, remindersJob } from './jobs.ts';

const { signal } = new AbortController();

test('R-ESC-3: the choice and its start are one transaction: a choice that cannot start is not stored', async () => {
  const database = await testDatabase();
  const { workOrderId, question } = await asking(database);
  // A person retried the work order a moment ago.
  await to(database, workOrderId, { status: 'in_progress', stepState: 'running' });
  await expect(answer(depsOf(database), await question(), 'retry', { by })).rejects.toMatchObject({
    code: 'WORK_ORDER_AT_WORK',
  });
  expect(await question()).toMatchObject({ status: 'open', chosenOption: null });
  expect(await openRunOf(database.query, workOrderId)).toBeUndefined();
});

test('R-ESC-3: fear: of many people who answer at the same time, two succeed', async () => {
  const database = await testDatabase();
  const { workOrderId, question } = await asking(database);
  const asked = await question();
  const ends = await Promise.allSettled(
    ['retry', 'model:p/b', 'cancel', 'retry', 'cancel'].map((option, n) =>
      answer(depsOf(database), asked, option, { by: `human:${n}` }),
    ),
  );
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const winner = (await question()).resolvedBy;
  for (const end of ends)
    if (end.status === 'rejected')
      expect(end.reason).toMatchObject({
        code: 'ESCALATION_ANSWERED',
        message: expect.stringContaining(String(winner)),
      });
  const runs = await database.query
    .selectFrom('runs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .execute();
  expect(runs.length).toBeLessThanOrEqual(2);
});

test('R-ESC-4: a standing answer is used only in its project, counted, logged, and not used after it is revoked', async () => {
  const database = await testDatabase();
  const first = await asking(database);
  await answer(depsOf(database), await first.question(), 'model:p/b', { by, always: true });
  const [same, elsewhere] = [await asking(database), await asking(database, { repositoryPath: '/srv/web' })];
  const atOnce = (id: string) => database.transaction((query) => answerAtOnce(query, depsOf(database), id));
  expect([await atOnce(same.id), await atOnce(elsewhere.id)]).toEqual([true, false]);
  expect(await openRunOf(database.query, same.workOrderId)).toMatchObject({
    settings: { model: 'p/b', option: 'other_model' },
  });
  expect(await database.query.selectFrom('answerPolicies').select(['uses', 'createdBy']).execute()).toEqual([
    { uses: 1, createdBy: by },
  ]);
  await database.query.updateTable('answerPolicies').set({ revokedAt: new Date(), revokedBy: by }).execute();
  const later = await asking(database);
  expect(await atOnce(later.id)).toBe(false);
});

test('R-ESC-4, R-PIPE-12: a standing answer never answers for parked work, nor again until something new is verified', async () => {
  const database = await testDatabase();
  const first = await asking(database);
  await answer(depsOf(database), await first.question(), 'retry', { by, always: true });
  const atOnce = (id: string) => database.transaction((query) => answerAtOnce(query, depsOf(database), id));
  const parked = await asking(database);
  await to(database, parked.workOrderId, { parkedAt: new Date() });
  expect(await atOnce(parked.id)).toBe(false);
  const events = await eventsOf(database.query, parked.workOrderId);
  expect(events.map(({ kind, reason }) => [kind, reason])).toContainEqual([
    'answer.not_applied',
    'A standing answer, retry, was not applied: it is parked, and only a person can continue it.',
  ]);
  const again = await asking(database);
  expect(await atOnce(again.id)).toBe(true);
  const run = await openRunOf(database.query, again.workOrderId);
  if (run) await updateRun(database.query, run.id, { state: 'ended' });
  const { id } = await askHuman(database.query, {
    ...asOpened(await again.question()),
    workOrderId: again.workOrderId,
  });
  await to(database, again.workOrderId, {
    status: 'needs_review',
    stepState: 'manual_intervention_required',
  });
  expect(await atOnce(id)).toBe(false);
  const skipped = await database.query
    .selectFrom('decisionLogs')
    .selectAll()
    .where('kind', '=', 'skip')
    .execute();
  expect(skipped.map(({ decisionOutput }) => decisionOutput.because)).toEqual([
    'it is parked, and only a person can continue it',
    'it was already answered this way, and nothing new has been verified since',
  ]);
  await to(database, again.workOrderId, { progressedAt: new Date(Date.now() + 1_000) });
  expect(await atOnce(id)).toBe(true);
});

function asOpened({
  failureClass,
  code,
  title,
  context,
  options,
}: Escalation): Omit<NewEscalation, 'workOrderId'> {
  return { failureClass, code, title, context, options, recommendedOption: 'retry' };
}

test('R-ESC-4: Moose takes a default when its time is up, but never for parked work', async () => {
  const database = await testDatabase();
  const due = { defaultOption: 'retry', defaultAt: new Date(Date.now() - 1_000) };
  const [late, parked] = [await asking(database, due), await asking(database, due)];
  const early = await asking(database, { ...due, defaultAt: new Date(Date.now() + 60_000) });
  await to(database, parked.workOrderId, { parkedAt: new Date() });
  await ifDue(database, defaultsJob(depsOf(database))).run(signal);
  expect(await late.question()).toMatchObject({
    status: 'resolved',
    resolvedBy: 'moose:default',
    chosenOption: 'retry',
  });
  expect(await theWorkOrder(database, late.workOrderId)).toMatchObject({ status: 'in_progress', run: 2 });
  expect(await parked.question()).toMatchObject({ status: 'open', defaultOption: null });
  expect(await early.question()).toMatchObject({ status: 'open', defaultOption: 'retry' });
});

test('R-ESC-4, R-ESC-5: fear: one question that cannot be handled blocks the defaults and reminders of all others', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  const at = (secondsAgo: number) => ({
    defaultOption: 'retry',
    defaultAt: new Date(Date.now() - secondsAgo * 1_000),
  });
  const [broken, whole] = [await asking(database, at(9)), await asking(database, at(1))];
  // A question of an unknown kind.
  await sql`update escalations set created_at = created_at - interval '9 hours', options = jsonb_set(options, '{0,kind}', '"dance"')
    where id = ${broken.id}`.execute(database.query);
  const third = await asking(database);
  await sql`update escalations set created_at = created_at - interval '5 hours' where id = ${third.id}`.execute(
    database.query,
  );
  await expect(ifDue(database, defaultsJob(depsOf(database))).run(signal)).rejects.toThrow();
  expect(await whole.question()).toMatchObject({ status: 'resolved', resolvedBy: 'moose:default' });
  expect(await broken.question()).toMatchObject({ status: 'open', defaultOption: null });
  const escalation = {
    remindAfterMs: 3_600_000,
    remindersMax: 5,
    defaultAfterMs: null,
    defaultCostNanoUsdMax: 0n,
  };
  await sql`create function refuse() returns trigger language plpgsql as
    $$ begin if new.key like ${sql.lit(`%${broken.id}%`)} then raise 'No'; end if; return new; end $$`.execute(
    database.query,
  );
  await sql`create trigger refuse before insert on outbox for each row execute function refuse()`.execute(
    database.query,
  );
  await expect(
    ifDue(database, remindersJob({ ...depsOf(database), settings: { escalation } })).run(signal),
  ).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
  expect((await third.question()).reminders).toBe(3);
});

test('R-ESC-5: reminders come after the limit, then after twice the time, five in all, and none after the answer', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  const { id, question } = await asking(database);
  const hourMs = 3_600_000;
  const settings = {
    escalation: {
      remindAfterMs: 4 * hourMs,
      remindersMax: 5,
      defaultAfterMs: null,
      defaultCostNanoUsdMax: 0n,
    },
  };
  const sentAfter = async (hours: number) => {
    await sql`update escalations set created_at = clock_timestamp() - ${hours} * interval '1 hour' where id = ${id}`.execute(
      database.query,
    );
    await ifDue(database, remindersJob({ ...depsOf(database), settings })).run(signal);
    const sent = await database.query
      .selectFrom('outbox')
      .select('key')
      .where('kind', '=', 'escalation.reminder')
      .execute();
    return sent.length;
  };
  expect([await sentAfter(3.9), await sentAfter(4.1), await sentAfter(7.9)]).toEqual([0, 1, 1]);
  expect([await sentAfter(8.1), await sentAfter(17), await sentAfter(33), await sentAfter(65)]).toEqual([
    2, 3, 4, 5,
  ]);
  expect(await sentAfter(500)).toBe(5);
  expect((await question()).reminders).toBe(5);
  await answer(depsOf(database), await question(), 'cancel', { by });
  const told = await database.query
    .selectFrom('outbox')
    .select('kind')
    .where('kind', '=', 'escalation.resolved')
    .execute();
  expect(told).toHaveLength(1);
});

test('R-ESC-4: fear: a standing answer to a shared question applies to projects that it never concerned', async () => {
  const database = await testDatabase();
  const ids: string[] = [];
  const concerned: string[] = [];
  for (const repositoryPath of ['/srv/api', '/srv/web', '/srv/other']) {
    const { workOrderId, projectId } = await aWorkOrderAtWork(database, {
      step: 'verifying',
      repositoryPath,
    });
    if (repositoryPath === '/srv/other') continue;
    concerned.push(projectId);
    const question = {
      groupKey: 'cause:agent:aider',
      failureClass: 'dependency_missing' as const,
      code: 'AGENT_PROGRAM_MISSING',
      title: 'It is not installed',
      context: {},
      options: [{ ...free, id: 'wait', kind: 'wait' as const, label: 'Wait' }],
      recommendedOption: 'wait',
    };
    ids.push((await askTogether(database.query, question, workOrderId)).id);
  }
  expect(new Set(ids).size).toBe(1);
  const shared = await escalationById(database.query, ids[0] ?? '');
  if (!shared) throw new Error('It was asked');
  await answer(depsOf(database), shared, 'wait', { by, always: true });
  const policies = await database.query.selectFrom('answerPolicies').select('projectId').execute();
  expect(policies.map(({ projectId }) => projectId).toSorted()).toEqual(concerned.toSorted());
});

const free = { costNanoUsd: '0', risk: 'low', chance: null, chanceOf: 0 } as const;
