import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { ReservationId } from '../../../domain/ids.ts';
import type { Database } from '../../../store/database.ts';
import { costsOf } from '../../../store/money/costs.fixture.ts';
import { drawnFrom, presumeOpenCalls } from '../../../store/money/costs.ts';
import { beatGateway } from '../../../store/money/gateways.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { claim, scratchWork } from '../../scratch-work.fixture.ts';
import type { Work } from '../work.ts';
import { closeEnvelope, doesNotFit, remainingNanoUsd, renewEnvelope, reserveEnvelope } from './envelope.ts';
import { aDraw, cost, differences, goodEnd } from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();

const cent = 10_000_000n;
const fixed = (estimateNanoUsd: bigint) => ({ estimateNanoUsd, ceilingNanoUsd: null });

/** The gateway's side of the run: `draw` tries to draw, `drawn` is a call that fits. */
async function callsOf(work: Work) {
  const { database } = work;
  const ledger = openCallLedger(database);
  const made = { key: await work.runKeys.keyOf(work), gatewayId: randomUUID() };
  await beatGateway(database.query, { id: made.gatewayId, host: 'here' });
  const draw = (worstCaseNanoUsd: bigint) => ledger.draw(aDraw(made, worstCaseNanoUsd));
  const drawn = async (worstCaseNanoUsd: bigint) => {
    const call = aDraw(made, worstCaseNanoUsd);
    expect(await ledger.draw(call)).toEqual({ kind: 'drawn' });
    return call.callId;
  };
  return { ledger, draw, drawn };
}

const day = async (database: Database) =>
  database.query
    .selectFrom('budgetWindows')
    .select(['heldNanoUsd', 'spentNanoUsd', 'presumedNanoUsd'])
    .where('key', 'like', 'day:%')
    .executeTakeFirst();

const close = (work: Work) =>
  work.database.transaction((query) => closeEnvelope(query, work.order.id, work.run.reservationId));

test('R-PIPE-3: the envelope is reserved, recorded in the run and the effects, and the same when requested again', async () => {
  const database = shared();
  const work = await scratchWork(database);
  const envelope = await reserveEnvelope(work, fixed(10n * cent));
  expect(await reserveEnvelope(work, fixed(99n * cent))).toEqual(envelope);
  expect(envelope.nanoUsd).toBe(10n * cent);
  expect((await day(database))?.heldNanoUsd).toBe(10n * cent);
  expect(await effectsOf(database.query, work.order.id)).toMatchObject([
    { kind: 'hold', state: 'done', key: `hold:${envelope.reservationId}` },
  ]);
});

test('fear: after a lost answer, there is a second reservation that nobody releases', async () => {
  const database = shared();
  const work = await scratchWork(database);
  const { reservationId } = await reserveEnvelope(work, fixed(10n * cent));
  // The data in this process's memory is from before the commit.
  work.run.reservationId = null;
  expect(await reserveEnvelope(work, fixed(10n * cent))).toEqual({
    reservationId,
    nanoUsd: 10n * cent,
    ceilingNanoUsd: null,
  });
  expect((await day(database))?.heldNanoUsd).toBe(10n * cent);
});

test("R-BUD-1: if an estimate is above the work order's own limit, what the limit allows is reserved", async () => {
  const database = shared();
  const work = await scratchWork(database, { limitNanoUsd: 4n * cent });
  expect((await reserveEnvelope(work, fixed(10n * cent))).nanoUsd).toBe(4n * cent);
});

test('R-BUD-1: over the limit nothing is reserved, and the failure says how much is spent', async () => {
  const database = shared();
  await sql`update system_config set value = '0.005' where key = 'budget.daily_limit_usd'`.execute(
    database.query,
  );
  const work = await scratchWork(database);
  await expect(reserveEnvelope(work, fixed(10n * cent))).rejects.toMatchObject({
    code: 'MONEY_AWAITED',
    failureClass: 'budget_exceeded',
    message:
      "$0.10 for this work order exceeds what is left of today's limit ($0.0050, of which $0.00 is spent or reserved), and time does not change that. It goes on when the limit is raised.",
    advice: expect.stringContaining('moose limits --daily USD'),
  });
  expect(work.run.reservationId).toBeNull();
  expect(await day(database)).toBeUndefined();
  expect(await effectsOf(database.query, work.order.id)).toEqual([]);
});

test('R-BUD-1: if the own limit is used up, nothing is reserved', async () => {
  const database = shared();
  const work = await scratchWork(database, { limitNanoUsd: 4n * cent });
  await reserveEnvelope(work, fixed(4n * cent));
  const { ledger, drawn } = await callsOf(work);
  await ledger.settle(await drawn(4n * cent), cost(4n * cent), goodEnd);
  await close(work);
  await database.query.updateTable('runs').set({ reservationId: null }).execute();
  await expect(reserveEnvelope(work, fixed(cent))).rejects.toMatchObject({
    code: 'BUDGET_EXCEEDED',
    message: 'The work order has used up its own limit of $0.04.',
  });
});

test('R-BUD-2: of eight simultaneous calls, no more are drawn than the envelope pays for', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, fixed(10n * cent));
  const { draw } = await callsOf(work);
  const answers = await Promise.all(Array.from({ length: 8 }, () => draw(3n * cent)));
  expect(answers.map(({ kind }) => kind).sort()).toEqual([
    ...Array(3).fill('drawn'),
    ...Array(5).fill('no_room'),
  ]);
  expect(await remainingNanoUsd(work)).toBe(cent);
  expect(await differences(database)).toEqual([]);
});

test.each([
  ['where nobody has set a limit', undefined, 'Retry it with another envelope (`moose retry ID`)'],
  ['where the work order has its own', 15n * cent, '`moose retry ID --limit USD`'],
])('R-BUD-6: a refused call says how to continue, %s', async (_, limitNanoUsd, advice) => {
  const work = await scratchWork(shared(), limitNanoUsd === undefined ? {} : { limitNanoUsd });
  expect(doesNotFit(work, { model: 'scripted/light', worstCaseNanoUsd: 3n * cent })).toMatchObject({
    code: 'BUDGET_EXCEEDED',
    retryable: false,
    message: "A call of up to $0.03 exceeds what is left of the work order's envelope.",
    advice: expect.stringContaining(advice),
  });
});

test('R-BUD-2: a process that no longer owns the run cannot reserve anything', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await claim(database, work.run.id, 'another');
  await expect(reserveEnvelope(work, fixed(10n * cent))).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await costsOf(database.query, work.order.id)).toEqual([]);
  expect(await day(database)).toBeUndefined();
});

test('R-BUD-2: the cost of a call is booked once, even if another process owns the run by then', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, fixed(10n * cent));
  const { ledger, drawn } = await callsOf(work);
  const call = await drawn(3n * cent);
  await claim(database, work.run.id, 'another');
  expect(await ledger.settle(call, cost(cent), goodEnd)).toBe(true);
  expect(await ledger.settle(call, cost(cent), goodEnd)).toBe(false);
  expect(await theWorkOrder(database, work.order.id)).toMatchObject({
    costNanoUsd: cent,
    modelCalls: 1,
    inputTokens: 15n,
    outputTokens: 3n,
  });
  expect(await remainingNanoUsd(work)).toBe(9n * cent);
});

test('R-BUD-2: a call of unknown cost is presumed at its worst case; one that was never billed is free', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, fixed(10n * cent));
  const { ledger, drawn } = await callsOf(work);
  await ledger.presume(await drawn(3n * cent), goodEnd);
  await ledger.void(await drawn(2n * cent), goodEnd);
  expect(await remainingNanoUsd(work)).toBe(7n * cent);
  await close(work);
  expect(await day(database)).toEqual({ heldNanoUsd: 0n, spentNanoUsd: 0n, presumedNanoUsd: 3n * cent });
  expect((await theWorkOrder(database, work.order.id)).costNanoUsd).toBe(3n * cent);
});

test("R-BUD-2: how drawn calls ended decides what they cost, and a late answer is evidence after the envelope's end", async () => {
  const database = shared();
  const work = await scratchWork(database);
  const { reservationId } = await reserveEnvelope(work, fixed(10n * cent));
  const { ledger, drawn } = await callsOf(work);
  const [answered, unknown, lost, never] = [
    await drawn(cent),
    await drawn(2n * cent),
    await drawn(cent),
    await drawn(4n * cent),
  ];
  await ledger.settle(answered, cost(cent / 2n), goodEnd);
  await ledger.presume(lost, goodEnd);
  await ledger.void(never, goodEnd);
  expect(await drawnFrom(database.query, reservationId)).toEqual({
    settled: cent / 2n,
    presumed: cent,
    open: 2n * cent,
    left: (13n * cent) / 2n,
  });
  await close(work);
  expect(await day(database)).toEqual({
    heldNanoUsd: 0n,
    spentNanoUsd: cent / 2n,
    presumedNanoUsd: 3n * cent,
  });
  expect(await ledger.settle(unknown, cost(cent), goodEnd)).toBe(true);
  expect(await day(database)).toMatchObject({ spentNanoUsd: (3n * cent) / 2n, presumedNanoUsd: cent });
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-2: fear: after an upgrade, a call without a gateway stays open forever', async () => {
  const database = shared();
  const work = await scratchWork(database);
  const { reservationId } = await reserveEnvelope(work, fixed(10n * cent));
  const { drawn } = await callsOf(work);
  const [proposal, ofAgent, carried] = [await drawn(cent), await drawn(2n * cent), await drawn(3n * cent)];
  const asBefore = (callId: string, serviceName: string) =>
    database.query
      .updateTable('costTracking')
      .set({ gatewayId: null, serviceName })
      .where('id', '=', callId as ReservationId)
      .execute();
  await asBefore(proposal, 'proposer');
  await asBefore(ofAgent, 'agent');
  for (let times = 0; times < 2; times++) await presumeOpenCalls(database.query, [work.run.id]);
  const rows = await costsOf(database.query, work.order.id);
  const statusOf = (callId: string) => rows.find(({ id }) => id === callId)?.status;
  expect([proposal, ofAgent, carried].map(statusOf)).toEqual(['presumed', 'sent', 'sent']);
  expect(await drawnFrom(database.query, reservationId)).toMatchObject({ presumed: cent, open: 5n * cent });
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-2: at the end of the run, a call that nobody will answer is presumed; the rest is released', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, fixed(10n * cent));
  const { drawn } = await callsOf(work);
  await drawn(3n * cent);
  await close(work);
  await close(work);
  expect(await day(database)).toEqual({ heldNanoUsd: 0n, spentNanoUsd: 0n, presumedNanoUsd: 3n * cent });
  expect((await theWorkOrder(database, work.order.id)).costNanoUsd).toBe(3n * cent);
  expect(await effectsOf(database.query, work.order.id)).toMatchObject([{ kind: 'hold', state: 'undone' }]);
});

test('an envelope used up by lost answers is followed by another, within the own limit; an intact one is kept', async () => {
  const database = shared();
  const work = await scratchWork(database, { limitNanoUsd: 15n * cent });
  const { reservationId: first } = await reserveEnvelope(work, fixed(10n * cent));
  await renewEnvelope(work, fixed(10n * cent));
  expect(work.run.reservationId).toBe(first);
  const { ledger, drawn } = await callsOf(work);
  await ledger.presume(await drawn(9n * cent), goodEnd);
  await renewEnvelope(work, fixed(10n * cent));
  expect(work.run.reservationId).not.toBe(first);
  // Nine of fifteen dollars are spent: the work order in memory is older than that.
  expect(work.order.costNanoUsd).toBe(0n);
  expect(await remainingNanoUsd(work)).toBe(6n * cent);
  expect(await day(database)).toMatchObject({ heldNanoUsd: 6n * cent, presumedNanoUsd: 9n * cent });
});

test('without an envelope, nothing remains', async () => {
  const database = shared();
  const work = await scratchWork(database);
  expect(await remainingNanoUsd(work)).toBe(0n);
  await closeEnvelope(database.query, work.order.id, null);
  expect(await (await callsOf(work)).draw(1n)).toEqual({ kind: 'key_invalid' });
  expect(await settleUnknown(database)).toBe(false);
});

async function settleUnknown(database: Database): Promise<boolean> {
  const nobody = '00000000-0000-7000-8000-000000000000' as ReservationId;
  const { rows } = await sql<{ done: boolean }>`select settle_reservation(${nobody}, 1, 0) as done`.execute(
    database.query,
  );
  return rows[0]?.done === true;
}
