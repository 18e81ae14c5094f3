import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase, testDatabase } from '../../../test/database.ts';
import { newId } from '../../domain/ids.ts';
import { addInvite } from '../access/invites.ts';
import { enterOwnSchema } from '../schema/own-schema.ts';
import { addSchedule } from '../work/schedules/schedules.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { type LoadedCopy, loadCopy } from './load-copy.ts';
import { withSnapshot } from './read-snapshot.ts';

const never = new AbortController().signal;

/** The functions belong to the newest tables, and are not created before these are there. */
const breakTriggers = `do $$ declare f regprocedure; begin
  for f in select oid from pg_proc where pronamespace = 'moose'::regnamespace and prorettype = 'trigger'::regtype
  loop execute format('create or replace function %s returns trigger language plpgsql as
    ''begin raise exception ''''of another version''''; end''', f); end loop;
end $$`;

async function copyOf(url: string): Promise<LoadedCopy> {
  return withSnapshot(
    url,
    async (snapshot) => {
      const chunks = new Map<string, Buffer[]>();
      const tables: LoadedCopy['tables'][number][] = [];
      for (const table of snapshot.tables) {
        const [rows, read] = [snapshot.rowsOf(table), [] as Buffer[]];
        let next = await rows.next();
        for (; !next.done; next = await rows.next()) read.push(next.value);
        chunks.set(table.name, read);
        tables.push({ ...table, rows: next.value });
      }
      const chunksOf = async function* ({ name }: { name: string }) {
        yield* chunks.get(name) ?? [];
      };
      return { tables, sequences: await snapshot.sequences(), chunksOf, moved: { from: '/a', to: '/b' } };
    },
    never,
  );
}

test('R-DIST-5: fear: rows of an older version are settled by trigger functions for newer tables', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { projectId } = await aWorkOrderAtWork(database);
  const by = { createdBy: 'human:ada', requestedBy: 'human:ada' };
  await addInvite(query, { person: 'dee', role: 'viewer', ...by, inviterId: null, expiresInMs: 3_600_000 });
  await addSchedule(query, {
    id: newId<string>(new Date()),
    name: 'nightly',
    template: JSON.stringify({ title: 'Tidy', description: '', acceptance: '' }),
    nextDueAt: new Date(),
    projectId,
    cron: '@daily',
    timeZone: 'UTC',
    limitNanoUsd: 1n,
    catchUpMs: 60_000n,
    ...by,
  });
  const from = new pg.Client({ connectionString: database.url });
  await from.connect();
  onTestFinished(() => from.end());
  await enterOwnSchema(from);
  const [token, session] = [newId<string>(new Date()), newId<string>(new Date())];
  await from.query(
    `insert into api_tokens (id, name, hash, role, created_by) values ('${token}', 'ada', '\\x01', 'viewer', 'human:ada')`,
  );
  await from.query(
    `insert into web_sessions (id, hash, token_id, expires_at) values ('${session}', '\\x02', '${token}', now() + interval '1 day')`,
  );
  await from.query(
    `insert into push_subscriptions (id, person, token_id, session_id, endpoint, p256dh, auth, browser)
     values ('${token}', 'ada', '${token}', '${session}', 'https://push', decode(repeat('00', 65), 'hex'),
       decode(repeat('00', 16), 'hex'), 'firefox')`,
  );

  const { url, drop } = await cloneDatabase();
  const to = new pg.Client({ connectionString: url });
  await to.connect();
  onTestFinished(async () => {
    await to.end();
    await drop();
  });
  await enterOwnSchema(to);
  await to.query(breakTriggers);
  await loadCopy(url, await copyOf(database.url), never);
  const found = await to.query(
    `select (select revoked_at is not null from invites) as is_revoked, (select paused_by from schedules) as paused_by,
       (select ended_at is not null from web_sessions) as is_ended,
       (select count(*)::integer from push_subscriptions) as subscriptions`,
  );
  expect(found.rows).toEqual([
    { is_revoked: true, paused_by: 'moose:restore', is_ended: true, subscriptions: 0 },
  ]);
  // The triggers are back.
  await expect(to.query(`update schedules set name = 'x'`)).rejects.toThrow('of another version');
});
