// If the money runs out, no call is made that cannot be paid, and a person learns which limit was reached and
// how to raise it.
import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { expectRefusal, moose } from './command-line.fixture.ts';
import { billed, type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';

const cents = (count: number) => BigInt(count) * 10_000_000n;
/** Nothing can begin with it, on no day. */
const tooLittle = cents(1) / 2n;
let ground: Ground | undefined;

async function ready(): Promise<Ground> {
  ground ??= await openGround();
  return ground;
}

beforeEach(async () => {
  const { opened } = await ready();
  await opened.moose.limits({ dailyNanoUsd: cents(10_000), monthlyNanoUsd: cents(50_000), thaws: true });
});
afterAll(() => ground?.close());

test.each([
  ['day', "today's limit", { dailyNanoUsd: tooLittle }, 'moose limits --daily USD'],
  ['month', "this month's limit", { monthlyNanoUsd: tooLittle }, 'moose limits --monthly USD'],
])(
  'R-PIPE-3, R-GO-5: above the limit of the %s no model is called, one question is asked, and work goes on when it is raised',
  async (_, named, change, command) => {
    const { submit, settled, callsFor, opened } = await ready();
    await opened.moose.limits(change);
    const submitted = [await submit(), await submit()];
    for (const { id } of submitted) {
      // It looks again now and then whether there is money, and says meanwhile that it does.
      await expect
        .poll(() => opened.moose.show(id))
        .toMatchObject({
          status: 'in_progress',
          step: 'routing',
          failure_class: 'budget_exceeded',
          explain: expect.stringMatching(`^Waiting for money .*${named}`),
          costs: [],
        });
      expect(callsFor(id)).toBe(0);
    }
    const open = (await opened.moose.escalations.list()).filter(({ status }) => status === 'open');
    expect(open).toMatchObject([{ code: 'MONEY_AWAITED', recommended: expect.stringMatching(/^raise_/) }]);
    expect(JSON.stringify(open)).toContain(command);
    await opened.moose.limits({ dailyNanoUsd: cents(10_000), monthlyNanoUsd: cents(50_000) });
    for (const { id } of submitted)
      expect(await settled(id)).toMatchObject({ status: 'completed', failure: null });
  },
);

test('R-BUD-2: a window that freezes during a run stops the next call, reports it, and can be unfrozen', async () => {
  const { submit, settled, opened } = await ready();
  let isFrozen = false;
  const { id } = await submit({
    answer: async () => {
      if (isFrozen) return writes('good.txt', 'Good\n');
      isFrozen = true;
      await opened.database.query.updateTable('budgetWindows').set({ isFrozen }).execute();
      return { raw: 'No proposal.' };
    },
  });
  const { failure } = await settled(id);
  expect(failure).toMatchObject({
    code: 'BUDGET_EXCEEDED',
    message: expect.stringContaining('Spending is frozen'),
  });
  await opened.moose.limits({ thaws: true });
  await opened.moose.retry(id, {});
  expect(await settled(id)).toMatchObject({ status: 'completed', failure: null });
});

test('R-ESC-3: the question about a used-up day offers to raise the limit, and with that answer the work order completes', async () => {
  const { submit, settled, opened, directory, config } = await ready();
  await opened.moose.limits({ dailyNanoUsd: tooLittle });
  const { id } = await submit();
  const asked = async () =>
    (await opened.moose.escalations.list()).find(
      ({ status, code }) => status === 'open' && code === 'MONEY_AWAITED',
    );
  await expect.poll(asked).toBeDefined();
  const question = (await asked()) ?? expect.unreachable();
  expect(question.options).toContainEqual(
    expect.objectContaining({ id: 'raise_daily_limit', kind: 'raise_limit', risk: 'high' }),
  );
  // The fear: a program that uses the command line raises the system's limit by answering a question.
  const env = { PATH: process.env.PATH, HOME: directory, MOOSE_DATABASE_URL: config.databaseUrl ?? '' };
  expectRefusal(await moose(env, 'answer', question.id, 'raise_daily_limit'), 'PERSON_NEEDED');
  await opened.moose.escalations.answer(question.id, 'raise_daily_limit');
  expect(await settled(id)).toMatchObject({ status: 'completed', failure: null });
  const [today] = await opened.moose.limits();
  expect(today?.limitNanoUsd).toBeGreaterThan(tooLittle);
});

test('with a limit below the cost of one call, no model is called', async () => {
  const { submit, settled, callsFor } = await ready();
  const { id } = await submit({ limitNanoUsd: 1_000n });
  expect(await settled(id)).toMatchObject({ status: 'failed', failure: { code: 'BUDGET_EXCEEDED' } });
  expect(callsFor(id)).toBe(0);
});

test('the limit of a project stops its own work orders, and no others', async () => {
  const { submit, settled, opened } = await ready();
  const first = await submit();
  await settled(first.id);
  const { projectId } = await opened.moose.find(first.id);
  await opened.database.run((query) =>
    sql`update projects set settings = '{"limit_usd": 0.02}' where id = ${projectId}`.execute(query),
  );
  const second = await submit({ repositoryPath: first.repositoryPath });
  const other = await submit();
  await expect
    .poll(async () => (await opened.moose.show(second.id)).explain)
    .toMatch(/^Waiting for money at \w+ .*its project's limit/);
  expect(await settled(other.id)).toMatchObject({ status: 'completed' });
  await opened.moose.cancel(second.id);
  expect(await settled(second.id)).toMatchObject({ status: 'cancelled' });
});

test('R-GO-5: if only one of two concurrent work orders can be paid, the other waits until that one has ended, and nobody is asked twice', async () => {
  const { submit, settled, callsFor, opened } = await ready();
  const [today] = await opened.moose.limits();
  await opened.moose.limits({ dailyNanoUsd: (today?.usedNanoUsd ?? 0n) + cents(15) });
  const gate = Promise.withResolvers<void>();
  const first = await submit({ answer: async () => gate.promise.then(() => writes('a.txt', 'a\n')) });
  await expect.poll(() => callsFor(first.id)).toBe(1);
  const second = await submit();
  const explained = async () => (await opened.moose.show(second.id)).explain;
  await expect.poll(explained).toContain('Waiting for money at routing');
  const questions = (await opened.moose.escalations.list()).filter(
    ({ status, group_key }) => status === 'open' && group_key === 'money:day',
  );
  expect(questions).toMatchObject([{ recommended: 'wait' }]);
  expect(callsFor(second.id)).toBe(0);
  gate.resolve();
  expect(await settled(first.id)).toMatchObject({ status: 'completed' });
  expect(await settled(second.id)).toMatchObject({ status: 'completed' });
});

test('R-BUD-12: a call that cost more than its reservation stops its model until a person allows it', async () => {
  const { submit, settled, opened } = await ready();
  const dear = await submit({ answer: () => billed(JSON.stringify(writes('a.txt', 'a\n')), 100_000) });
  expect(await settled(dear.id)).toMatchObject({ status: 'completed' });
  expect(await opened.moose.limits()).toMatchObject([{ isFrozen: false }, { isFrozen: false }]);
  const { query } = opened.database;
  const madeFor = async (id: string) =>
    (
      await query
        .selectFrom('costTracking')
        .select('model')
        .distinct()
        .where('workOrderId', '=', id as WorkOrderId)
        .where('status', '=', 'settled')
        .where('type', '=', 'actual')
        .execute()
    ).map(({ model }) => model);
  const [stopped] = await madeFor(dear.id);
  // Another model goes on with the work.
  const next = await submit();
  expect(await settled(next.id)).toMatchObject({ status: 'completed' });
  expect(await madeFor(next.id)).not.toContain(stopped);
  expect((await opened.moose.budget()).windows).toContainEqual(
    expect.objectContaining({ key: `model:${stopped}`, isFrozen: true }),
  );
  await opened.moose.limits({ thaws: true });
  expect((await opened.moose.budget()).windows.filter(({ isFrozen }) => isFrozen)).toEqual([]);
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  const { opened, config } = await ready();
  expect(await leftovers(opened.database, config.dataDirectory)).toEqual(nothing);
});
