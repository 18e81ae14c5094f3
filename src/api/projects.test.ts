import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { AddedProject, ProjectSetting, Submitted } from '../contract/contract.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { createKeyRing } from '../engine/policy/secrets/key-ring.ts';
import { scratchDirectory } from '../git/scratch-repository.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import { addToken, newToken } from '../store/access/api-tokens.ts';
import { apiGround } from './api-ground.fixture.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };
async function ground() {
  const { call, tokens, database } = await apiGround();
  const asks = (token: string) => (method: string, path: string, body?: object) =>
    call(path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    database,
    admin: asks(tokens.admin),
    operator: asks(tokens.operator),
    viewer: asks(tokens.viewer),
  };
}

/** Nobody listens at this address. */
const repository = 'http://127.0.0.1:1/acme/api.git';

test('R-PROJ-1: an admin adds a remote over HTTP, anybody submits to it, and an admin removes it', async () => {
  const { admin, operator, viewer, database } = await ground();
  const refused = { status: 403, body: { code: 'ROLE_TOO_LOW' } };
  expect(await operator('POST', '/api/projects', { repository })).toMatchObject(refused);
  expect(
    await operator('POST', '/api/work-orders', { title: 'X', repository_path: repository }),
  ).toMatchObject({
    status: 403,
    body: { code: 'PROJECT_NOT_YOURS' },
  });
  const added = await admin('POST', '/api/projects', { repository, base: 'next' });
  expect(added).toMatchObject({
    status: 201,
    body: {
      project: { name: 'api', remote_url: 'http://127.0.0.1:1/acme/api', base: 'next' },
      warnings: [expect.stringContaining('cannot reach')],
    },
  });
  const { id } = (added.body as AddedProject).project;
  expect(await viewer('GET', `/api/projects/${id}`)).toMatchObject({ status: 200, body: { id } });
  expect(await admin('PATCH', `/api/projects/${id}`, { base: null })).toMatchObject({ body: { base: null } });
  expect(await admin('PATCH', `/api/projects/${id}`, { filters: ['a b'] })).toMatchObject({
    status: 400,
    body: { code: 'FILTER_NAME_INVALID' },
  });
  const nul = { checks: [{ kind: 'test', command: 'make\0test' }] };
  expect(await admin('PATCH', `/api/projects/${id}`, nul)).toMatchObject({ status: 400 });
  // A program with the role may set a limit; only a person may remove it, and null removes what is set.
  expect(await admin('PATCH', `/api/projects/${id}`, { limit_usd: 2.5, subtasks: null })).toMatchObject({
    body: { limit_usd: 2.5, subtasks: 'off' },
  });
  expect(await admin('PATCH', `/api/projects/${id}`, { limit_usd: null })).toMatchObject({
    body: { code: 'LIMIT_NOT_YOURS' },
  });
  const forms = (await viewer('GET', '/api/project-settings')).body as { items: ProjectSetting[] };
  expect(forms.items.map(({ key }) => key)).toEqual(expect.arrayContaining(['trusted', 'verify', 'image']));
  expect(forms.items.find(({ key }) => key === 'merge')).toMatchObject({
    card: 'Pull requests and issues',
    kind: 'choice',
    choices: expect.arrayContaining([{ value: 'green', words: 'when CI is green' }]),
    for_people: true,
  });
  expect(
    (await operator('POST', '/api/work-orders', { title: 'X', repository_path: repository })).status,
  ).toBe(201);
  const named = await operator('POST', '/api/work-orders', { title: 'Y', project: 'api', base: 'next' });
  expect(named).toMatchObject({ status: 201, body: { work_order: { project: 'api' }, warnings: [] } });
  expect(await admin('DELETE', `/api/projects/${id}`)).toMatchObject({
    status: 409,
    body: { code: 'PROJECT_IN_USE' },
  });
  await database.query
    .updateTable('workOrders')
    .set({ status: 'cancelled', changedBy: 'human:ada', changedBecause: 'test' })
    .execute();
  expect(await operator('DELETE', `/api/projects/${id}`)).toMatchObject(refused);
  expect(await admin('DELETE', `/api/projects/${id}`)).toMatchObject({
    status: 200,
    body: { work_orders: 2 },
  });
  expect(await admin('DELETE', `/api/projects/${id}`)).toMatchObject({ status: 404 });
  const { id: orderId } = (named.body as Submitted).work_order;
  expect(await viewer('GET', `/api/work-orders/${orderId}`)).toMatchObject({ body: { project: 'api' } });
  const acts = await database.query.selectFrom('auditLog').select('act').execute();
  expect(acts.map(({ act }) => act)).toEqual(
    expect.arrayContaining(['project.add', 'project.remove', 'project.remove.refused']),
  );
});

test.each([
  [{ repository: 'api' }, 400, 'REPOSITORY_PATH_RELATIVE'],
  [{ repository: 'git://127.0.0.1/api' }, 400, 'REMOTE_URL_INVALID'],
  [{ repository: 'http://ada:hunter2@127.0.0.1:1/api' }, 400, 'REMOTE_URL_HAS_SECRET'],
  [{ repository, base: 'a..b' }, 400, 'BRANCH_NAME_INVALID'],
  [{ repository: '/nowhere/at/all' }, 404, 'REPOSITORY_NOT_FOUND'],
  [{}, 400, 'REQUEST_INVALID'],
])('R-PROJ-1: %j is refused, and its password is not recorded anywhere', async (body, status, code) => {
  const { admin, database } = await ground();
  const answer = await admin('POST', '/api/projects', body);
  expect(answer).toMatchObject({ status, body: { code } });
  const kept = JSON.stringify(
    [answer.body, await database.query.selectFrom('auditLog').selectAll().execute()],
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  );
  expect(kept).not.toContain('hunter2');
});

test('R-SEC-5: no program trusts a repository over HTTP, whatever its role', async () => {
  const { admin, viewer } = await ground();
  const { id } = ((await admin('POST', '/api/projects', { repository })).body as AddedProject).project;
  expect(await admin('PATCH', `/api/projects/${id}`, { trusted: true })).toMatchObject({
    status: 403,
    body: { code: 'LIMIT_NOT_YOURS' },
  });
  expect(await viewer('GET', `/api/projects/${id}`)).toMatchObject({ body: { trusted: false } });
});

test('R-PROJ-1: a work order needs either a project or a repository', async () => {
  const { admin } = await ground();
  for (const body of [{}, { project: 'api', repository_path: '/srv/api' }])
    expect(await admin('POST', '/api/work-orders', { title: 'X', ...body })).toMatchObject({
      status: 400,
      body: { code: 'SUBMISSION_WITHOUT_REPOSITORY' },
    });
});

test("R-PROJ-5: an admin's program neither sets nor reads a secret over HTTP, and a person never gets it back", async () => {
  const database = await testDatabase();
  const keyRing = createKeyRing({ dataDirectory: scratchDirectory() });
  const { call, tokens, server } = await apiGround({
    database,
    mooseFor: (actor) =>
      createMoose({
        signal: new AbortController().signal,
        database,
        clock: systemClock,
        ...noForge,
        known,
        actor,
        keyRing,
      }),
  });
  const persons = newToken();
  const of = { name: 'ada', role: 'admin', person: 'ada', createdBy: 'test' } as const;
  await addToken(database.query, persons, of);
  const asks = (token: string) => (method: string, path: string, body?: object) =>
    call(path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const [program, operator] = [asks(tokens.admin), asks(tokens.operator)];
  const signedIn = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: persons }),
  });
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const person = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie, origin: server.url },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const added = await person('POST', '/api/projects', { repository });
  const { id } = (added.body as AddedProject).project;
  const path = `/api/projects/${id}/variables/API_TOKEN`;
  const value = `s3cr3t-${crypto.randomUUID()}`;
  expect(await program('PUT', path, { value })).toMatchObject({
    status: 403,
    body: { code: 'VARIABLES_NOT_YOURS' },
  });
  expect(await operator('PUT', path, { value })).toMatchObject({
    status: 403,
    body: { code: 'ROLE_TOO_LOW' },
  });
  const set = await person('PUT', path, { value, for: ['checks'] });
  expect(set).toMatchObject({ status: 200, body: { is_secret: true, value: null, for: ['checks'] } });
  expect(await person('PUT', `/api/projects/${id}/variables/PATH`, { value })).toMatchObject({
    status: 400,
    body: { code: 'VARIABLE_NAME_REFUSED' },
  });
  expect(await person('PUT', path, { value: 'short', is_secret: true })).toMatchObject({ status: 400 });
  for (const each of [person, program, operator]) {
    const { status, body } = await each('GET', `/api/projects/${id}/variables`);
    expect({ status, body }).toMatchObject({ status: 200, body: { items: [{ name: 'API_TOKEN' }] } });
    expect(JSON.stringify(body)).not.toContain(value);
  }
  expect(await program('DELETE', path)).toMatchObject({ status: 403 });
  expect(await operator('GET', `/api/projects/${id}/values`)).toMatchObject({ status: 200 });
  const { rows } = await sql<{ row: string }>`select a::text as row from audit_log a`.execute(database.query);
  expect(rows.filter(({ row }) => row.includes('project.variable.set')).length).toBeGreaterThan(1);
  expect(JSON.stringify(rows)).not.toContain(value);
  expect(await person('DELETE', path)).toMatchObject({ status: 200, body: { items: [] } });
  expect(await person('DELETE', path)).toMatchObject({ status: 404, body: { code: 'VARIABLE_NOT_FOUND' } });
});
