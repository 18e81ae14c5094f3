import { expect, test } from 'vitest';
import type { ActView, WorkOrder } from '../contract/contract.ts';
import { addToken, newToken } from '../store/access/api-tokens.ts';
import { auditEntries } from '../store/access/audit-entries.ts';
import { toJson } from '../store/storable.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { type ApiGround, apiGround } from './api-ground.fixture.ts';

const idOf = ({ body }: { body: unknown }) => (body as { work_order: { id: string } }).work_order.id;

async function ground() {
  const it = await apiGround();
  const repository_path = await it.addedRepository();
  const send = (path: string, body?: unknown, token = it.tokens.operator, headers = {}) =>
    it.call(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const submit = async (more: object = {}) =>
    idOf(await send('/api/work-orders', { title: 'Mend it', repository_path, ...more }));
  return { ...it, repository_path, send, submit };
}

const act = (id: string, name: string) => `/api/work-orders/${id}/${name}`;
const audited = async ({ database }: Pick<ApiGround, 'database'>) =>
  (
    await database.query.selectFrom('auditLog').select(['actor', 'act', 'detail']).orderBy('id').execute()
  ).map(({ actor, act: what, detail }) => [actor, what, detail]);
/** A person who is signed in with a browser, and acts in their own name. */
async function person({ database, server: { url } }: ApiGround, name: string) {
  const token = newToken();
  await addToken(database.query, token, { name, role: 'operator', createdBy: 'test', person: name });
  const headers = { 'content-type': 'application/json', origin: url };
  const post = { method: 'POST', headers, body: JSON.stringify({ token }) };
  const signedIn = await fetch(`${url}/api/session`, post);
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return async (path: string, body?: unknown) => {
    const given = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { ...given, headers: { ...headers, cookie } });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
}

test('R-PIPE-11: submitted twice under one key, it is one work order; the answer contains it in full', async () => {
  const it = await ground();
  const given = {
    title: 'Mend it',
    repository_path: it.repository_path,
    description: 'The parser.',
    agent: 'patch',
    checks: [{ kind: 'test', command: 'true' }],
    limit_usd: 0.5,
    time_limit_ms: 60_000,
  };
  const key = { 'idempotency-key': 'one' };
  const answers = await Promise.all(
    [1, 2].map(() => it.send('/api/work-orders', given, it.tokens.admin, key)),
  );
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect(new Set(answers.map(idOf)).size).toBe(1);
  expect(answers[0]?.body).toMatchObject({
    work_order: { title: 'Mend it', status: 'pending', needs_you: false, held_by: null, run: 1 },
    warnings: [],
  });
  expect(await it.database.query.selectFrom('workOrders').selectAll().execute()).toMatchObject([
    { limitNanoUsd: 500_000_000n, timeLimitMs: 60_000, changedBy: 'api:admin' },
  ]);
});

test("R-SEC-1: fear: anybody who may submit work gets a shell on Moose's machine, by way of a check", async () => {
  const it = await ground();
  const given = {
    title: 'Mend it',
    repository_path: it.repository_path,
    checks: [{ kind: 'test', command: 'cat ~/.moose/api-token' }],
  };
  expect(await it.send('/api/work-orders', given)).toMatchObject({
    status: 403,
    body: { code: 'CHECKS_NOT_YOURS', advice: expect.stringContaining('Leave out `checks`') },
  });
  expect(await it.database.query.selectFrom('workOrders').select('id').execute()).toEqual([]);
  expect((await it.send('/api/work-orders', given, it.tokens.admin)).status).toBe(201);
  const unknown = { ...given, checks: [{ kind: 'hope', command: 'true' }] };
  expect(await it.send('/api/work-orders', unknown, it.tokens.admin)).toMatchObject({
    status: 400,
    body: { code: 'CHECK_INVALID' },
  });
  const { body } = await it.call('/api/openapi.json');
  expect(JSON.stringify(body)).toContain('they require the role admin');
});

test("R-SEC-1, R-AGENT-2: fear: anybody who may submit work gets a shell on Moose's machine, by way of a command", async () => {
  const it = await ground();
  const given = { title: 'Update', repository_path: it.repository_path, command: 'cat ~/.moose/api-token' };
  expect(await it.send('/api/work-orders', given)).toMatchObject({
    status: 403,
    body: { code: 'COMMAND_NOT_YOURS', advice: expect.stringContaining('Leave out `command`') },
  });
  expect(await it.database.query.selectFrom('workOrders').select('id').execute()).toEqual([]);
  expect((await it.send('/api/work-orders', given, it.tokens.admin)).status).toBe(201);
  expect(await it.send('/api/work-orders', { ...given, model: 'p/m' }, it.tokens.admin)).toMatchObject({
    status: 400,
    body: { code: 'COMMAND_INVALID' },
  });
  const acts = await it.database.run((query) => auditEntries(query, { limit: 10 }));
  expect(acts.find(({ act }) => act === 'work_order.submit')?.detail).toMatchObject({
    command: 'cat ~/.moose/api-token',
  });
});

test("R-SEC-1: fear: anybody who may submit work can change the repository's workflows, and read its secrets with them", async () => {
  const it = await ground();
  const given = { title: 'Mend it', repository_path: it.repository_path, allow_ci_changes: true };
  expect(await it.send('/api/work-orders', given)).toMatchObject({
    status: 403,
    body: { code: 'CI_CHANGES_NOT_YOURS', advice: expect.stringContaining('Leave out `allow_ci_changes`') },
  });
  expect(await it.database.query.selectFrom('workOrders').select('id').execute()).toEqual([]);
  expect((await it.send('/api/work-orders', given, it.tokens.admin)).status).toBe(201);
});

test('R-DIST-3: a work order and a project take labels over HTTP, and refuse what is none', async () => {
  const it = await ground();
  const given = { title: 'Speed it up', repository_path: it.repository_path };
  expect((await it.send('/api/work-orders', { ...given, labels: ['gpu=yes'] })).status).toBe(201);
  const stored = await it.database.query.selectFrom('workOrders').select('settings').execute();
  expect(stored).toEqual([{ settings: { labels: ['gpu=yes'] } }]);
  expect(await it.send('/api/work-orders', { ...given, labels: ['gpu'] })).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'labels.0', message: 'Must be KEY=VALUE, as in gpu=yes' }] },
  });
});

test('R-GREEN-17: an operator says what the task allows to change, and what is no member of it is refused', async () => {
  const it = await ground();
  const given = { title: 'Tidy', repository_path: it.repository_path, asked: { skips: [' prints '] } };
  const made = await it.send('/api/work-orders', given);
  expect(made.status).toBe(201);
  expect((await it.call(`/api/work-orders/${idOf(made)}`)).body).toMatchObject({
    asked: { tests: 'keep', needs_test: false, skips: ['prints'], removes: [], configuration: [] },
  });
  const acts = await it.database.run((query) => auditEntries(query, { limit: 10 }));
  expect(acts.find(({ act }) => act === 'work_order.submit')?.detail).toMatchObject({
    asked: { skips: [' prints '] },
  });
  for (const [asked, path] of [
    [{ skip: ['prints'] }, 'asked'],
    [{ tests: 'may_vanish' }, 'asked.tests'],
    [{ configuration: ['a*b*c*d*e*f'] }, 'asked.configuration.0'],
  ] as const)
    expect(await it.send('/api/work-orders', { ...given, asked })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', issues: [{ path }] },
    });
  expect(await it.send('/api/work-orders', { ...given, asked: { removes: [' '] } })).toMatchObject({
    status: 400,
    body: { code: 'ASKED_INVALID' },
  });
});

test('R-SEC-3: a submission that cannot work is refused with a code and advice, and nothing is stored', async () => {
  const { send, repository_path, database } = await ground();
  const refused = async (more: object) => {
    const { status, body } = await send('/api/work-orders', { title: 'Mend it', repository_path, ...more });
    return [status, (body as { code: string }).code];
  };
  expect(await refused({ title: '' })).toEqual([400, 'REQUEST_INVALID']);
  expect(await refused({ title: '  ' })).toEqual([400, 'SUBMISSION_INVALID']);
  expect(await refused({ repository_path: 'project' })).toEqual([400, 'REPOSITORY_PATH_RELATIVE']);
  expect(await refused({ repository_path: '/nowhere/at/all' })).toEqual([403, 'PROJECT_NOT_YOURS']);
  expect(await refused({ agent: 'nobody' })).toEqual([400, 'AGENT_UNKNOWN']);
  expect(await refused({ checks: [{ kind: 'hope', command: 'true' }] })).toEqual([403, 'CHECKS_NOT_YOURS']);
  expect(await refused({ limit_usd: -1 })).toEqual([400, 'REQUEST_INVALID']);
  expect(await database.query.selectFrom('workOrders').select('id').execute()).toEqual([]);
});

test('R-PIPE-11: a program may pause and cancel, but not resume what a person paused, nor approve', async () => {
  const it = await ground();
  const ada = await person(it, 'ada');
  const id = await it.submit();
  const paused = await ada(act(id, 'pause'), { because: 'lunch' });
  expect(paused).toMatchObject({ status: 200, body: { held_by: 'human:ada' } });
  expect((paused.body as WorkOrder).explain).toMatch(/^Paused by ada \d+ s ago/);
  expect((await it.send(act(id, 'pause'))).body).toMatchObject({ held_by: 'human:ada' });
  expect(await it.send(act(id, 'resume'))).toMatchObject({ status: 403, body: { code: 'PAUSE_NOT_YOURS' } });
  expect(await ada(act(id, 'resume'), {})).toMatchObject({
    status: 200,
    body: { held_by: null },
  });
  expect(await it.send(act(id, 'cancel'))).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  expect(await it.send(act(id, 'cancel'))).toMatchObject({ status: 409, body: { code: 'WORK_ORDER_OVER' } });
  const waiting = await it.submit({ needs_approval: true });
  expect(await it.send(act(waiting, 'approve'))).toMatchObject({
    status: 403,
    body: { code: 'APPROVAL_NOT_YOURS' },
  });
  const approved = { status: 200, body: { needs_you: false, status: 'pending' } };
  expect(await ada(act(waiting, 'approve'), {})).toMatchObject(approved);
  expect(await ada(act(waiting, 'approve'), {})).toMatchObject(approved);
  expect(await audited(it)).toEqual(
    expect.arrayContaining([
      ['human:ada', 'work_order.pause', { because: 'lunch' }],
      ['api:operator', 'work_order.resume', {}],
      ['api:operator', 'work_order.resume.refused', { code: 'PAUSE_NOT_YOURS' }],
      ['human:ada', 'work_order.approve', {}],
    ]),
  );
});

test('R-PIPE-11: the possible actions, and the effects of an undo, can be queried without carrying them out', async () => {
  const it = await ground();
  const id = await it.submit({ needs_approval: true, limit_usd: 1 });
  const asProgram = (await it.call(act(id, 'acts'))).body as { acts: ActView[] };
  expect(asProgram.acts.filter(({ is_possible }) => is_possible).map((each) => each.act)).toEqual(['cancel']);
  const ada = await person(it, 'ada');
  const asAda = (await ada(act(id, 'acts'))).body;
  expect((asAda as { acts: ActView[] }).acts[0]).toMatchObject({
    act: 'approve',
    is_possible: true,
    cost_usd: 1,
  });
  expect(await it.call(act(id, 'undo-plan'))).toMatchObject({ status: 200, body: { steps: [] } });
});

test('R-PIPE-11: an action that is not possible in the current state is refused with its code', async () => {
  const it = await ground();
  const id = await it.submit();
  const code = async (path: string, body?: unknown) => {
    const answer = await it.send(path, body);
    return [answer.status, (answer.body as { code: string }).code];
  };
  expect(await code(act(id, 'retry'), { note: 'Try' })).toEqual([409, 'WORK_ORDER_AT_WORK']);
  expect(await code(act(id, 'retry'), { from: 'nowhere' })).toEqual([400, 'REQUEST_INVALID']);
  expect(await code(act(id, 'undo'))).toEqual([409, 'WORK_ORDER_AT_WORK']);
  expect(await code(act(id, 'merge'))).toEqual([409, 'NO_PULL_REQUEST']);
  expect(await code(act(id, 'approve'))).toEqual([409, 'APPROVAL_NOT_NEEDED']);
  expect(await code(act('ffffffff', 'pause'))).toEqual([404, 'WORK_ORDER_NOT_FOUND']);
  const form = { method: 'POST', body: '{"note":"Try"}', headers: { 'content-type': 'text/plain' } };
  expect(await it.call(act(id, 'retry'), form)).toMatchObject({
    status: 415,
    body: { code: 'MEDIA_TYPE_NOT_JSON' },
  });
  const viewer = await it.send(act(id, 'cancel'), undefined, it.tokens.viewer);
  expect(viewer).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } });
});

test('R-PIPE-11: fear: a retry makes a new work order, and the answer shows the old one', async () => {
  const it = await ground();
  const { workOrderId: id, runId } = await aWorkOrderAtWork(it.database, {
    step: 'tracking',
    title: 'Redo it',
    repositoryPath: it.repository_path,
  });
  await it.database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', runId).execute();
  await it.database.query
    .updateTable('workOrders')
    .set({
      status: 'completed',
      stepState: 'done',
      failure: toJson({ code: 'MERGE_CONFLICT', message: 'It conflicts.' }),
    })
    .where('id', '=', id)
    .execute();
  const made = (await it.send(act(id, 'retry'), {})).body as WorkOrder;
  expect(made).toMatchObject({ title: 'Redo it', status: 'pending' });
  expect(made.id).not.toBe(id);
});

test('R-PROJ-10: a message is sent once per key, and a viewer cannot send one', async () => {
  const it = await ground();
  const id = await it.submit();
  const key = { 'idempotency-key': 'note' };
  const message = { text: 'Use UTC.', file: 'src/clock.ts', line: 3 };
  for (const _ of [1, 2])
    expect(await it.send(act(id, 'messages'), message, it.tokens.operator, key)).toMatchObject({
      status: 201,
      body: { read_in: 'first_cycle' },
    });
  expect(await it.send(act(id, 'messages'), message, it.tokens.viewer)).toMatchObject({
    status: 403,
    body: { code: 'ROLE_TOO_LOW' },
  });
  expect(await it.send(act(id, 'messages'), { text: '' })).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID' },
  });
  expect(await it.send(act(id, 'messages'), { text: 'Stop.', now: true })).toMatchObject({ status: 201 });
  const events = await it.database.query
    .selectFrom('workOrderEvents')
    .select(['reason', 'detail'])
    .where('kind', '=', 'message')
    .orderBy('id')
    .execute();
  expect(events).toMatchObject([{ reason: 'Use UTC.' }, { reason: 'Stop.', detail: { now: true } }]);
});
