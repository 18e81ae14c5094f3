// Questions have owners, who are told, and lose a question that they do not answer in time (R-ESC-7).

import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { announceChannels } from '../../../store/failures/outbox.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { asking, by, depsOf } from '../../questions/asking.fixture.ts';
import { answer } from './answer.ts';
import { askEscalations } from './ask-escalations.ts';
import { ownersJob } from './owners-job.ts';

const { signal } = new AbortController();

async function set(database: Database, key: string, value: unknown): Promise<void> {
  await sql`insert into system_config (key, value, updated_by) values (${key}, ${JSON.stringify(value)}::jsonb, 'human:test')
    on conflict (key) do update set value = excluded.value`.execute(database.query);
}

async function submittedBy(database: Database, actor: string, workOrderId: string): Promise<void> {
  await database.query.connection().execute(async (query) => {
    await sql`set session_replication_role = replica`.execute(query);
    await sql`update work_orders set requested_by = ${actor} where id = ${workOrderId}::uuid`.execute(query);
    await sql`set session_replication_role = origin`.execute(query);
  });
}

/** A question whose work order a program submitted, so that it has no owner. */
async function unowned(database: Database) {
  const asked = await asking(database);
  await submittedBy(database, 'api:ci', asked.workOrderId);
  await sql`update escalations set owner = null, owned_since = null, owners = '[]' where id = ${asked.id}`.execute(
    database.query,
  );
  return asked;
}

async function passed(database: Database, hours: number): Promise<void> {
  await sql`update escalations set owned_since = owned_since - ${hours} * interval '1 hour'`.execute(
    database.query,
  );
}

async function told(database: Database): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`select kind || ' ' || (payload ->> 'title') || ' · ' ||
      coalesce((select fact ->> 'value' from jsonb_array_elements(payload -> 'facts') fact where fact ->> 'name' = 'Owner'), 'nobody') as line
    from outbox order by id`.execute(database.query);
  return rows.map(({ line }) => line);
}

const run = (database: Database) => ifDue(database, ownersJob({ database })).run(signal);
const ask = (database: Database, actor = by) => askEscalations({ database, clock: systemClock, actor });

test('R-ESC-7: a question goes to who submitted the work order, and the notice names them', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  const { question, id } = await asking(database);
  const { owner, owners } = await question();
  expect(owners).toMatchObject([{ owner, because: 'requester', by: 'moose' }]);
  expect(await told(database)).toEqual([`escalation.opened It failed · ${owner}`]);
  expect(await ask(database).one(id)).toMatchObject({ owner, owned_since: expect.any(String) });
  expect(await ask(database, `human:${owner}`).list({ owner: 'me' })).toMatchObject([{ id }]);
  expect(await ask(database, 'human:nobody').list({ owner: 'me' })).toEqual([]);
  const page = { all: false, limit: 9 };
  expect((await ask(database).page({ ...page, owner: owner ?? '' })).items).toMatchObject([{ id }]);
  expect((await ask(database).page({ ...page, owner: 'me' })).items).toEqual([]);
});

test('R-ESC-7: unanswered past its limit it goes to the next, until everybody has had it', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  const { question, projectId } = await asking(database);
  const { owner: requester } = await question();
  await sql`update projects set settings = settings || '{"owner":"lee"}' where id = ${projectId}::uuid`.execute(
    database.query,
  );
  await set(database, 'settings.people.on_call', ['kim', 'lee']);
  await run(database);
  expect((await question()).owner).toBe(requester);
  const had: Array<string | null> = [];
  for (let look = 0; look < 4; look++) {
    await passed(database, 4.1);
    await run(database);
    had.push((await question()).owner);
  }
  expect(had).toEqual(['lee', 'kim', 'kim', 'kim']);
  expect((await question()).owners.map(({ because }) => because)).toEqual([
    'requester',
    'project',
    'on_call',
  ]);
  expect((await told(database)).slice(1)).toEqual([
    'escalation.owner For lee: It failed · lee',
    'escalation.owner For kim: It failed · kim',
  ]);
});

test('R-ESC-7: the limit is a setting; with 0 an owner keeps the question', async () => {
  const database = await testDatabase();
  const { question } = await asking(database);
  const { owner } = await question();
  await set(database, 'settings.people.on_call', ['kim']);
  await set(database, 'settings.people.owner_after_ms', 0);
  await passed(database, 1_000);
  await run(database);
  expect((await question()).owner).toBe(owner);
  await set(database, 'settings.people.owner_after_ms', 60_000);
  await run(database);
  expect((await question()).owner).toBe('kim');
});

test('R-ESC-7: fear: questions that nobody owns keep the ones behind them from getting an owner', async () => {
  const database = await testDatabase();
  const first = await unowned(database);
  await run(database);
  expect((await first.question()).owner).toBeNull();
  // More than one page of questions that everybody has had.
  await sql`insert into escalations (id, failure_class, title, context, options, status, owner, owned_since, owners)
    select gen_random_uuid(), 'unknown', 'Old', '{}', '[]', 'open', 'kim', now() - interval '9 days', '[{"owner":"kim"}]'
    from generate_series(1, 101)`.execute(database.query);
  const last = await unowned(database);
  await set(database, 'settings.people.on_call', ['kim']);
  await run(database);
  for (const { question } of [first, last])
    expect(await question()).toMatchObject({ owner: 'kim', owners: [{ because: 'on_call' }] });
});

test('R-ESC-7: a person hands a question on; repeating it changes nothing, and an answered one stays', async () => {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  const { id, question } = await asking(database);
  const given = await ask(database).handOn(id, 'eve');
  expect(given).toMatchObject({ owner: 'eve' });
  expect(given.owners.at(-1)).toMatchObject({ owner: 'eve', because: 'handed_on', by });
  expect(await ask(database).handOn(id, 'eve')).toEqual(given);
  expect((await told(database)).filter((line) => line.startsWith('escalation.owner'))).toEqual([
    'escalation.owner For eve: It failed · eve',
  ]);
  await answer(depsOf(database), await question(), 'cancel', { by });
  await expect(ask(database).handOn(id, 'ada')).rejects.toMatchObject({ code: 'ESCALATION_ANSWERED' });
  await expect(ask(database).handOn('ffffffff', 'ada')).rejects.toMatchObject({
    code: 'ESCALATION_NOT_FOUND',
  });
});

test('R-ESC-7: fear: of two processes, both give the question away, and one person is skipped', async () => {
  const database = await testDatabase();
  const { question } = await unowned(database);
  await set(database, 'settings.people.on_call', ['ada', 'bob', 'eve']);
  await Promise.all([1, 2, 3].map(() => run(database)));
  expect((await question()).owners).toHaveLength(1);
});

test('R-ESC-7: fear: whoever was handed a question while the job looked loses it at once', async () => {
  const database = await testDatabase();
  const { id, question } = await unowned(database);
  await set(database, 'settings.people.on_call', ['ada', 'bob']);
  await run(database);
  await passed(database, 5);
  let looked = 0;
  const handedOnMeanwhile: Database = {
    ...database,
    run: async (work, stop) => {
      const found = await database.run(work, stop);
      if (looked++ === 0) await ask(database).handOn(id, 'eve');
      return found;
    },
  };
  await run(handedOnMeanwhile);
  expect(await question()).toMatchObject({ owner: 'eve', owners: { length: 2 } });
  await passed(database, 5);
  await run(database);
  expect((await question()).owners).toHaveLength(3);
});

test('R-ESC-7: fear: a question that is handed on to `me` goes to a person of that name', async () => {
  const database = await testDatabase();
  const { id } = await asking(database);
  expect(await ask(database, 'human:eve').handOn(id, 'me')).toMatchObject({ owner: 'eve' });
  expect(await ask(database, 'human:eve').list({ owner: 'me' })).toHaveLength(1);
});
