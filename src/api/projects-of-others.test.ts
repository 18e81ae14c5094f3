// A program with an operator's token works in the projects that an admin has added, and in no other folder of the machine.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { scratchRepository } from '../git/scratch-repository.fixture.ts';
import { type ApiGround, apiGround } from './api-ground.fixture.ts';

interface Asked {
  way: string;
  at: string;
  code?: string;
  method?: string;
  bodyFor(path: string, known: string): object;
}

const title = 'Read it all';
const schedule = { title, cron: '30 1 * * *', limit_usd: 1 };
const orders = '/api/work-orders';
const ways: Asked[] = [
  { way: 'a work order', at: orders, bodyFor: (path) => ({ title, repository_path: path }) },
  {
    way: 'several candidates',
    at: orders,
    bodyFor: (path) => ({ title, repository_path: path, best_of: 2 }),
  },
  {
    way: 'a joint change',
    at: orders,
    bodyFor: (path, known) => ({ title, repository_path: known, also_in: [{ repository_path: path }] }),
  },
  {
    way: 'a schedule',
    at: '/api/schedules',
    bodyFor: (path) => ({ ...schedule, name: 'nightly', repository_path: path }),
  },
  {
    way: 'a changed schedule',
    method: 'PATCH',
    at: '/api/schedules/own',
    bodyFor: (path) => ({ repository_path: path }),
  },
];
const spec: Asked = {
  way: 'a spec',
  at: '/api/specs',
  code: 'PROJECT_NOT_FOUND',
  bodyFor: (path) => ({ name: 'All', content: '# All', project: path }),
};

async function ground() {
  const it = await apiGround();
  const known = await it.addedRepository();
  const send = (token: string, method: string, at: string, body: object, more: object = {}) =>
    it.call(at, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more },
      body: JSON.stringify(body),
    });
  const own = { ...schedule, name: 'own', repository_path: known };
  expect(await send(it.tokens.operator, 'POST', '/api/schedules', own)).toMatchObject({ status: 201 });
  return { ...it, known, send };
}

/** All that a submission could leave behind. */
async function stored({ database }: Pick<ApiGround, 'database'>) {
  const { rows } = await sql<object>`select
    (select count(*)::int from projects) as projects, (select count(*)::int from work_orders) as orders,
    (select count(*)::int from schedules) as schedules, (select count(*)::int from specs) as specs,
    (select count(*)::int from runs) as runs,
    (select project_id from schedules where name = 'own') as own`.execute(database.query);
  return rows[0];
}

test.each([...ways, spec])(
  'R-SEC-1: fear: with $way, an operator makes any repository of the machine a project',
  async ({ at, method = 'POST', code = 'PROJECT_NOT_YOURS', bodyFor }) => {
    const it = await ground();
    const before = await stored(it);
    const { path } = scratchRepository();
    const isSame = method === 'POST' && at !== spec.at;
    const key = isSame ? { 'idempotency-key': 'one' } : {};
    const refused = await it.send(it.tokens.operator, method, at, bodyFor(path, it.known), key);
    expect(refused.body).toMatchObject({ code });
    expect(refused.body).toMatchObject({ advice: expect.stringContaining('sk an admin to add it') });
    expect(await stored(it)).toEqual(before);
    // The same request succeeds as soon as an admin has added the project.
    const added = await it.send(it.tokens.admin, 'POST', '/api/projects', { repository: path });
    const { name } = (added.body as { project: { name: string } }).project;
    const place = at === spec.at ? name : path;
    const taken = await it.send(it.tokens.operator, method, at, bodyFor(place, it.known), key);
    expect([200, 201]).toContain(taken.status);
  },
);

test.each(ways)(
  'with $way, an admin adds a repository, as before',
  async ({ at, method = 'POST', bodyFor }) => {
    const it = await ground();
    const taken = await it.send(it.tokens.admin, method, at, bodyFor(scratchRepository().path, it.known));
    expect([200, 201]).toContain(taken.status);
    expect(await stored(it)).toMatchObject({ projects: 2 });
  },
);

test('R-SEC-1: fear: an operator learns from the refusals what the machine of Moose has, or brings a removed project back', async () => {
  const it = await ground();
  const { path, write } = scratchRepository();
  write({ 'notes/today.txt': 'x' });
  const codeOf = async (repository_path: string) =>
    (
      (await it.send(it.tokens.operator, 'POST', orders, { title, repository_path })).body as {
        code?: string;
      }
    ).code;
  for (const place of [path, `${path}/notes`, `${path}/none`, `${path}/notes/today.txt`, '/etc', '/nowhere'])
    expect(await codeOf(place), place).toBe('PROJECT_NOT_YOURS');
  const other = await it.addedRepository();
  expect(await codeOf(other)).toBeUndefined();
  await it.database.query
    .updateTable('projects')
    .set({ removedAt: sql`now()` })
    .where('repositoryPath', '=', other)
    .execute();
  expect(await codeOf(other)).toBe('PROJECT_NOT_YOURS');
});
