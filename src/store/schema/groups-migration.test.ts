// Groups of an older release, decided and not, become groups of the one kind of table.
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { migrate, readMigrations } from './migrate.ts';
import { enterOwnSchema } from './own-schema.ts';

const id = (number: number) => `00000000-0000-7000-8000-00000000000${number}`;
const at = new Date('2026-03-01T10:00:00Z');
const facts = { is_verified: true, warnings: 0, changed_lines: 3 };
const failure = { code: 'CHECK_FAILED', message: 'red', run: 1 };

test('R-BASE-6: fear: an upgrade loses candidates and joint changes, what came of them, or what was decided', async () => {
  const { url, drop } = await cloneDatabase('template1');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  const all = await readMigrations();
  const before = all.findIndex(({ name }) => name === 'groups');
  await migrate(url, all.slice(0, before));
  await enterOwnSchema(client);
  await client.query(
    `insert into projects (id, name, repository_path) values ('${id(0)}', 'api', '/srv/api')`,
  );
  const places = [1, 2, 3, 4, 5].map((number) =>
    number < 4
      ? { candidate: { group: id(1), number, of: 3 } }
      : { joint: { group: id(4), number: number - 3, of: 2 } },
  );
  for (const [index, place] of places.entries())
    await client.query(
      `insert into work_orders (id, project_id, title, time_limit_ms, changed_by, changed_because, settings, updated_at)
       values ($1, $2, 'x', 60000, 'test', 'test', $3, $4)`,
      [id(index + 1), id(0), JSON.stringify({ model: 'p/a', ...place }), at],
    );
  await client.query(
    `insert into candidate_groups (id, size, limit_nano_usd, decided_at, outcome, kept, because)
     values ($1, 3, 7, $2, 'kept', $1, 'it cost less')`,
    [id(1), at],
  );
  await client.query(
    `insert into candidates (work_order_id, group_id, number, result, settled_at, facts, failure)
     values ($1, $1, 1, 'passed', $4, $5, null), ($2, $1, 2, 'failed', $4, null, $6), ($3, $1, 3, null, null, null, null)`,
    [id(1), id(2), id(3), at, facts, failure],
  );
  await client.query(`insert into joint_groups (id, size) values ($1, 2)`, [id(4)]);
  await client.query(
    `insert into joint_members (work_order_id, group_id, number, passed_at, tree_sha)
     values ($1, $1, 1, $3, 'new'), ($2, $1, 2, null, 'old')`,
    [id(4), id(5), at],
  );
  await migrate(url, all);
  const rowsOf = async (query: string) => (await client.query(query)).rows;
  expect(await rowsOf('select * from work_order_groups order by id')).toMatchObject([
    {
      id: id(1),
      kind: 'candidates',
      size: 3,
      limit_nano_usd: '7',
      decided_at: at,
      outcome: 'kept',
      kept: id(1),
    },
    { id: id(4), kind: 'joint', size: 2, limit_nano_usd: null, decided_at: null, outcome: null, kept: null },
  ]);
  const none = { result: null, settled_at: null, facts: null, failure: null, tree_sha: null };
  expect(await rowsOf('select * from group_members order by work_order_id')).toMatchObject([
    { ...none, group_id: id(1), number: 1, result: 'passed', settled_at: at, facts },
    { ...none, group_id: id(1), number: 2, result: 'failed', settled_at: at, failure },
    { ...none, group_id: id(1), number: 3 },
    { ...none, group_id: id(4), number: 1, result: 'passed', settled_at: at, tree_sha: 'new' },
    { ...none, group_id: id(4), number: 2, tree_sha: 'old' },
  ]);
  expect(await rowsOf('select settings, updated_at from work_orders order by id')).toEqual(
    places.map(({ candidate, joint }) => ({
      settings: {
        model: 'p/a',
        group: candidate ? { kind: 'candidates', ...candidate } : { kind: 'joint', ...joint },
      },
      updated_at: at,
    })),
  );
});
