// One submission that is sent over and over: to two servers at once, while their connections are cut.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrateDurable } from '../durable/migrate-durable.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import { openDatabase } from '../store/database.ts';
import { apiGround } from './api-ground.fixture.ts';

const timesSent = 50;
const cuts = 10;

async function twoServers() {
  const one = await apiGround();
  await migrateDurable(one.database.url);
  const database = openDatabase(one.database.url, { connectionsMax: 8 });
  onTestFinished(() => database.close());
  const known = { agentNames: ['patch'], assertModel: async () => undefined };
  const two = await apiGround({
    database,
    mooseFor: (actor, requester = actor) =>
      createMoose({
        signal: new AbortController().signal,
        database,
        clock: systemClock,
        ...noForge,
        known,
        actor,
        requester,
      }),
  });
  const repository = await one.addedRepository();
  const sendOnce = async (title: string, at: number, key = 'one') => {
    const answer = await fetch(`${(at % 2 ? one : two).server.url}/api/work-orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${one.tokens.operator}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ title, repository_path: repository }),
    });
    const { status } = answer;
    return { status, body: (await answer.json()) as { work_order?: { id: string }; code?: string } };
  };
  /** As a client does: on a machine that is too busy to answer in time, the same submission is sent again. */
  const send: typeof sendOnce = async (...submission) => {
    for (;;) {
      const answer = await sendOnce(...submission);
      if (answer.status !== 503 && answer.body.code !== 'IDEMPOTENCY_UNDER_WAY') return answer;
    }
  };
  const count = async () =>
    (
      await sql<object>`select (select count(*)::int from work_orders) as orders,
        (select count(*)::int from runs) as runs,
        (select count(*)::int from moose_queue.jobs) as messages`.execute(one.database.query)
    ).rows[0];
  return { database: one.database, send, count };
}

test('fear: fifty copies of one submission, to two servers whose connections are cut, become two work orders', async () => {
  const { database, send, count } = await twoServers();
  const sent = Promise.all(Array.from({ length: timesSent }, (_, n) => send('Mend it', n)));
  for (let cut = 0; cut < cuts; cut += 1)
    await database.run((query) =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(query),
    );
  const answers = await sent;
  expect(answers.map(({ status }) => status)).toEqual(Array(timesSent).fill(201));
  expect(new Set(answers.map(({ body }) => body.work_order?.id)).size).toBe(1);
  expect(await count()).toEqual({ orders: 1, runs: 1, messages: 1 });
  expect(await send('Mend another', 0)).toMatchObject({
    status: 409,
    body: { code: 'IDEMPOTENCY_KEY_REUSED' },
  });
  expect(await count()).toEqual({ orders: 1, runs: 1, messages: 1 });
});

test('fear: a server dies after it created a work order and before it answered, and the next one creates another', async () => {
  const { database, send, count } = await twoServers();
  const first = await send('Mend it', 0);
  // The state that a dead server leaves: created, not answered, and past its time.
  await sql`update idempotency_keys set status = null, response = null,
    held_until = clock_timestamp() - interval '1 s'`.execute(database.query);
  const again = await Promise.all([1, 2, 3, 4].map((at) => send('Mend it', at)));
  expect(new Set(again.map(({ body }) => body.work_order?.id))).toEqual(new Set([first.body.work_order?.id]));
  expect(await count()).toEqual({ orders: 1, runs: 1, messages: 1 });
});
