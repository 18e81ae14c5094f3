// Draws and bookings that wait for a row, which somebody else has locked for a long time.
import type { ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { openCallLedger } from '../engine/run/budget/open-call-ledger.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { openDatabase } from '../store/database.ts';
import { ask, callRows, gatewayGround, health, theCall } from './gateway-ground.fixture.ts';
import { wholeMessage } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

test('fear: a draw that waits for a row longer than its call holds its money forever', async () => {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const ledger = openCallLedger(shared(), { signal: over.signal, answerMsMax: 1_000 });
  const ground = await gatewayGround(shared(), { ledger, limits: { ledgerMs: 1_000 } });
  expect(await ask(ground)).toMatchObject({ status: 200 });
  await until('the first call booked', async () => (await health(ground)).unbooked === 0);
  // As a frozen process holds it, until the server ends its transaction.
  const lock = await shared().query.startTransaction().execute();
  await sql`select from cost_tracking where type = 'reservation' for update`.execute(lock);
  const replies = Promise.all([ask(ground), ask(ground)]);
  await until('two draws that wait', async () => (await draws()) === 2);
  expect(await replies).toMatchObject([{ status: 503 }, { status: 503 }]);
  await until('nothing left to book', async () => (await health(ground)).unbooked === 0);
  await lock.rollback().execute();
  await until('no draw at work', async () => (await draws()) === 0);
  expect(ground.provider.received).toHaveLength(1);
  expect(await envelopeOpen()).toBe(0n);
  expect((await callRows(shared())).map(({ status }) => status)).toEqual([
    'settled',
    'cancelled',
    'cancelled',
  ]);
});

test('fear: a booking is given up because the server lets nobody wait long for a row', async () => {
  const { query, url } = shared();
  await sql`do $$ begin execute format('alter database %I set lock_timeout = 50', current_database()); end $$`.execute(
    query,
  );
  const impatient = openDatabase(url, { connectionsMax: 4 });
  onTestFinished(() => impatient.close());
  const begun = Promise.withResolvers<ServerResponse>();
  const ground = await gatewayGround(impatient, { behave: (_request, answer) => begun.resolve(answer) });
  const reply = ask(ground);
  const answer = await begun.promise;
  const lock = await query.startTransaction().execute();
  await sql`select from cost_tracking where type = 'reservation' for update`.execute(lock);
  answer.writeHead(200, { 'content-type': 'application/json' }).end(wholeMessage());
  expect(await reply).toMatchObject({ status: 200 });
  // More than the tries after which a refusal is final.
  await until('seven tries', () => ground.logged.length > 6);
  await lock.rollback().execute();
  expect(await theCall(shared())).toMatchObject({ status: 'settled', actualNanoUsd: 1_050_000n });
});

async function draws(): Promise<number> {
  const { rows } =
    await sql`select from pg_stat_activity where datname = current_database() and state = 'active'
    and pid <> pg_backend_pid() and query ~ 'draw_call'`.execute(shared().query);
  return rows.length;
}

async function envelopeOpen(): Promise<bigint | undefined> {
  const row = await shared()
    .query.selectFrom('costTracking')
    .select('drawnOpenNanoUsd')
    .where('type', '=', 'reservation')
    .executeTakeFirst();
  return row?.drawnOpenNanoUsd;
}
