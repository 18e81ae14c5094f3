// A run whose calls find no money in a limit gives its envelope back, and goes on when there is money (R-GO-5).
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { failed } from '../../pipeline/failure/failed-step.ts';
import { decided, rowsAt, type ScratchWork } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { renewEnvelope, reserveEnvelope } from './envelope.ts';
import { awaitedLimit } from './money-awaited.ts';

const cent = 10_000_000n;
const grows = { estimateNanoUsd: 10n * cent, ceilingNanoUsd: 50n * cent };

const agentRefused = () =>
  new PermanentError({
    code: 'AGENT_BUDGET',
    component: 'agents',
    operation: 'run',
    failureClass: 'budget_exceeded',
    message: 'The agent stopped at its spending limit.',
    advice: 'Raise it.',
  });

/** Others have spent it today. */
const spentByOthers = ({ database }: ScratchWork, nanoUsd: bigint) =>
  sql`update budget_windows set spent_nano_usd = ${nanoUsd.toString()}::bigint where key like 'day:%'`.execute(
    database.query,
  );

const limitDay = ({ database }: ScratchWork, usd: string) =>
  sql`update system_config set value = ${usd}::jsonb where key = 'budget.daily_limit_usd'`.execute(
    database.query,
  );

/** A run in its midst that holds an envelope. */
async function inItsMidst(): Promise<ScratchWork> {
  const work = await rowsAt(await testDatabase(), 'applying');
  await sql`select settle_reservation(id) from cost_tracking where status = 'held'`.execute(
    work.database.query,
  );
  await work.database.query.updateTable('runs').set({ reservationId: null }).execute();
  work.run.reservationId = null;
  await reserveEnvelope(work, grows);
  return work;
}

async function runOf({ database, run }: ScratchWork) {
  return database.query.selectFrom('runs').selectAll().where('id', '=', run.id).executeTakeFirstOrThrow();
}

test("R-BUD-4, R-GO-5: an agent that stops because the day's limit is used up is paused, gives its envelope back and asks one question", async () => {
  const work = await inItsMidst();
  await limitDay(work, '0.30');
  await spentByOthers(work, 20n * cent);
  expect(await decided(failed, work, 'applying', agentRefused())).toBe('stop');
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({ status: 'in_progress' });
  expect(await runOf(work)).toMatchObject({
    pausedBy: 'money',
    reservationId: null,
    settings: { money: { limit: 'day', drawnNanoUsd: '0' } },
  });
  const { rows } = await sql`select group_key, recommended_option from escalations`.execute(
    work.database.query,
  );
  expect(rows).toEqual([{ groupKey: 'money:day', recommendedOption: 'wait' }]);
  const { rows: held } = await sql`select 1 from cost_tracking where status = 'held'`.execute(
    work.database.query,
  );
  expect(held).toEqual([]);
});

test('R-GO-5: with money it reserves anew; with no more than it was refused with, it does not begin', async () => {
  const work = await inItsMidst();
  await limitDay(work, '0.30');
  await spentByOthers(work, 20n * cent);
  await decided(failed, work, 'applying', agentRefused());
  const again = { ...work, run: { ...(await runOf(work)), fence: work.run.fence } };
  await expect(renewEnvelope(again, grows)).rejects.toMatchObject({ code: 'MONEY_AWAITED' });
  await limitDay(work, '10');
  await renewEnvelope(again, grows);
  expect(again.run.reservationId).not.toBeNull();
});

test('R-GO-5: a run that has not begun waits for one that stopped in its midst, while money can be released', async () => {
  const work = await inItsMidst();
  await limitDay(work, '0.30');
  await spentByOthers(work, 20n * cent);
  await decided(failed, work, 'applying', agentRefused());
  await limitDay(work, '1');
  const [other, late] = [await scratchWork(work.database), await scratchWork(work.database)];
  await reserveEnvelope(other, grows);
  await expect(reserveEnvelope(late, grows)).rejects.toMatchObject({
    code: 'MONEY_AWAITED',
    message: expect.stringContaining('Work orders that began earlier need what is left of'),
  });
});

test("the work order's own limit is still a failure", async () => {
  const work = await inItsMidst();
  await decided(failed, work, 'applying', agentRefused());
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({
    status: expect.stringMatching(/^(failed|needs_review)$/),
  });
});

const limit = (key: string, limitNanoUsd: bigint, usedNanoUsd: bigint) => ({
  key,
  limitNanoUsd,
  usedNanoUsd,
  spentNanoUsd: usedNanoUsd,
  isFrozen: false,
});

test('R-GO-5: every limit that is shared is waited for: one that only a person can change before one that turns', () => {
  const day = limit('day:2026-01-31', 100n, 90n);
  expect(awaitedLimit([day], 20n, 2n)).toEqual({ limit: day, isTooSmall: false });
  const tiny = limit('day:2026-01-31', 1n, 0n);
  expect(awaitedLimit([tiny], 20n, 2n)).toEqual({ limit: tiny, isTooSmall: true });
  const project = limit('project:p', 100n, 90n);
  expect(awaitedLimit([day, project], 20n, 2n)).toEqual({ limit: project, isTooSmall: true });
  expect(awaitedLimit([day, limit('project:p', 100n, 0n)], 20n, 2n)).toEqual({
    limit: day,
    isTooSmall: false,
  });
  const person = limit('person_month:2026-01:ada', 100n, 95n);
  expect(awaitedLimit([day, person], 20n, 2n)).toEqual({ limit: person, isTooSmall: false });
  expect(awaitedLimit([day, limit('work_order:w', 100n, 90n)], 20n, 2n)).toBeNull();
});
