// fear: a call is refused because its envelope is spent, although faster calls only reserve it (R-BUD-4).
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { ask, callRows, gatewayGround } from './gateway-ground.fixture.ts';
import { gatewayLimits } from './limits.ts';
import { answersMessage, message } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();
const clients = 32;
const body = message({ thinking: { type: 'disabled' } });
/**
 * Each call costs 1,050,000 in the end, and reserves about 19,000,000 while it is in flight: two fit at a time, and in
 * total there is money for all.
 */
const nanoUsd = 55_000_000n;
const limits = {
  headroomMs: 60_000,
  headroomLookEveryMs: 50,
  brake: { ...gatewayLimits.brake, burstCallsMax: 1_000 },
};

/** A database that is slow between a draw that found no room and the query for who holds the money. */
async function slowBooks(): Promise<void> {
  const { query } = shared();
  await sql`create function stand_still() returns trigger language plpgsql as $$
    begin perform pg_sleep(random() * 0.05); return null; end $$`.execute(query);
  await sql`create trigger stand_still after update on cost_tracking
    for each statement execute function stand_still()`.execute(query);
  onTestFinished(async () => {
    await sql`drop function stand_still() cascade`.execute(query);
  });
}

test('R-BUD-4: a call that loses free money to faster ones waits on, and is refused only for lack of money', async () => {
  const ground = await gatewayGround(shared(), { nanoUsd, limits });
  ground.provider.behave = answersMessage();
  await slowBooks();
  const replies = await Promise.all(Array.from({ length: clients }, () => ask(ground, { body })));
  const refusals = replies.filter(({ status }) => status !== 200).map(({ body }) => body);
  expect(refusals).toEqual([]);
  await until('all settled', async () =>
    (await callRows(shared())).every(({ status }) => status === 'settled'),
  );
});
