import { expect, test } from 'vitest';
import { addToken, newToken } from '../store/access/api-tokens.ts';
import { apiGround } from './api-ground.fixture.ts';

const wanted = { name: 'nightly', title: 'Tidy {{date}}', cron: '30 1 * * *', limit_usd: 1 };

async function ground() {
  const made = await apiGround();
  const { call, database, tokens } = made;
  const path = await made.addedRepository();
  const send = (method: string, at: string, body: object = {}, token = tokens.admin, more = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more };
    const init = method === 'DELETE' ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return call(at, init);
  };
  const tokenOf = async (person: string) => {
    const token = newToken();
    await addToken(database.query, token, { name: person, role: 'operator', createdBy: 'test', person });
    return token;
  };
  const add = (token = tokens.admin, more: object = {}) =>
    send('POST', '/api/schedules', { ...wanted, repository_path: path, ...more }, token);
  return { ...made, send, tokenOf, add };
}

test('R-SEC-1: who may submit may schedule, a viewer may look, and only its owner or an admin removes it', async () => {
  const { add, send, tokens, tokenOf, call } = await ground();
  const [bea, cay] = [await tokenOf('bea'), await tokenOf('cay')];
  expect(await add(tokens.viewer)).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } });
  const added = await add(bea);
  expect(added).toMatchObject({
    status: 201,
    body: { schedule: { requested_by: 'human:bea', time_zone: 'UTC' } },
  });
  const headers = { authorization: `Bearer ${tokens.viewer}` };
  expect(await call('/api/schedules', { headers })).toMatchObject({ body: { items: [{ name: 'nightly' }] } });
  expect(await send('DELETE', '/api/schedules/nightly', {}, cay)).toMatchObject({
    status: 403,
    body: { code: 'SCHEDULE_NOT_YOURS' },
  });
  expect(await send('POST', '/api/schedules/nightly/pause', { because: 'holidays' }, cay)).toMatchObject({
    body: { paused_because: 'holidays', paused_by: 'api:cay', next_at: [] },
  });
  expect(await send('POST', '/api/schedules/nightly/resume', {}, cay)).toMatchObject({
    body: { paused_at: null, requested_by: 'human:bea' },
  });
  expect(await send('DELETE', '/api/schedules/nightly', {}, bea)).toMatchObject({ status: 200 });
  expect(await call('/api/schedules/nightly')).toMatchObject({ status: 404 });
});

test('R-SEC-1: only an admin schedules commands of its own, or changes to CI', async () => {
  const { add, tokens } = await ground();
  const checks = [{ kind: 'test', command: 'true' }];
  expect(await add(tokens.operator, { checks })).toMatchObject({ body: { code: 'CHECKS_NOT_YOURS' } });
  expect(await add(tokens.operator, { allow_ci_changes: true })).toMatchObject({
    body: { code: 'CI_CHANGES_NOT_YOURS' },
  });
  expect(await add(tokens.operator, { repository_path: 'https://127.0.0.1:1/a/b' })).toMatchObject({
    body: { code: 'PROJECT_NOT_YOURS' },
  });
  expect(await add(tokens.admin, { checks })).toMatchObject({ status: 201 });
});

test('R-SEC-1: its owner or an admin changes it, and only an admin what only an admin schedules', async () => {
  const { add, send, tokens, tokenOf, call } = await ground();
  const [bea, cay] = [await tokenOf('bea'), await tokenOf('cay')];
  await add(bea);
  const change = (body: object, token = bea) => send('PATCH', '/api/schedules/nightly', body, token);
  expect(await change({ title: 'x' }, tokens.viewer)).toMatchObject({ body: { code: 'ROLE_TOO_LOW' } });
  expect(await change({ title: 'x' }, cay)).toMatchObject({
    status: 403,
    body: { code: 'SCHEDULE_NOT_YOURS' },
  });
  const checks = [{ kind: 'test', command: 'true' }];
  expect(await change({ checks })).toMatchObject({ status: 403, body: { code: 'CHECKS_NOT_YOURS' } });
  expect(await change({ allow_ci_changes: true })).toMatchObject({ body: { code: 'CI_CHANGES_NOT_YOURS' } });
  for (const [body, status, code] of [
    [{}, 400, 'REQUEST_INVALID'],
    [{ cron: null }, 400, 'REQUEST_INVALID'],
    [{ limit_usd: 0 }, 400, 'REQUEST_INVALID'],
    [{ cron: '0 0 31 2 *' }, 400, 'CRON_NEVER'],
    [{ time_zone: 'Mars/Olympus' }, 400, 'TIME_ZONE_UNKNOWN'],
    [{ title: '{{x}}' }, 400, 'PLACEHOLDER_UNKNOWN'],
    [{ repository_path: 'x' }, 400, 'REPOSITORY_PATH_RELATIVE'],
    [{ repository_path: 'https://127.0.0.1:1/a/b' }, 403, 'PROJECT_NOT_YOURS'],
  ] as const)
    expect(await change(body), code).toMatchObject({ status, body: { code } });
  expect(await change({ title: 'Own', cron: '0 4 * * *' })).toMatchObject({
    status: 200,
    body: { schedule: { title: 'Own', cron: '0 4 * * *', time_zone: 'UTC', limit_usd: 1 }, warnings: [] },
  });
  expect(await change({ checks, name: 'early' }, tokens.admin)).toMatchObject({
    body: { schedule: { requested_by: 'api:admin' }, warnings: [expect.stringContaining('bea may not')] },
  });
  const headers = { authorization: `Bearer ${tokens.viewer}` };
  expect(await call('/api/schedules/early', { headers })).toMatchObject({
    body: { changes: [{ changed_by: 'api:admin' }, { changed_by: 'api:bea' }] },
  });
  expect(await change({ title: 'x' })).toMatchObject({ status: 404 });
});

test('R-GREEN-17: a schedule has what its task allows to change; its owner replaces and removes it', async () => {
  const { add, send, tokenOf } = await ground();
  const bea = await tokenOf('bea');
  const added = await add(bea, { asked: { removes: ['src/legacy'] } });
  const all = { tests: 'keep', needs_test: false, skips: [], removes: ['src/legacy'], configuration: [] };
  expect(added).toMatchObject({ status: 201, body: { schedule: { asked: all } } });
  const change = (asked: object | null) => send('PATCH', '/api/schedules/nightly', { asked }, bea);
  expect(await change({ needs_test: true })).toMatchObject({
    body: { schedule: { asked: { ...all, removes: [], needs_test: true } } },
  });
  expect(await change(null)).toMatchObject({ body: { schedule: { asked: null } } });
});

test('what is wrong gets its status, and a repeated run its first answer', async () => {
  const { add, send } = await ground();
  for (const [more, status, code] of [
    [{ cron: '0 0 31 2 *' }, 400, 'CRON_NEVER'],
    [{ time_zone: 'Mars/Olympus' }, 400, 'TIME_ZONE_UNKNOWN'],
    [{ title: '{{x}}' }, 400, 'PLACEHOLDER_UNKNOWN'],
    [{ name: '../../x' }, 400, 'REQUEST_INVALID'],
    [{ limit_usd: 0 }, 400, 'REQUEST_INVALID'],
  ] as const)
    expect(await add(undefined, more), code).toMatchObject({ status, body: { code } });
  await add();
  expect(await add()).toMatchObject({ status: 409, body: { code: 'SCHEDULE_NAME_TAKEN' } });
  const key = { 'idempotency-key': 'one' };
  const [first, again] = [
    await send('POST', '/api/schedules/nightly/run', {}, undefined, key),
    await send('POST', '/api/schedules/nightly/run', {}, undefined, key),
  ];
  expect(first).toMatchObject({ status: 201, body: { history: [{ outcome: 'submitted' }] } });
  expect(again.body).toEqual(first.body);
  expect(await send('POST', '/api/schedules/nightly/run')).toMatchObject({
    status: 409,
    body: { code: 'SCHEDULE_STILL_OPEN' },
  });
});

test('R-SEC-1: every change of a schedule is in the audit log, refused ones too', async () => {
  const { add, send, tokenOf, database } = await ground();
  const bea = await tokenOf('bea');
  const at = '/api/schedules/nightly';
  await add();
  await send('PATCH', at, { cron: '0 0 31 2 *' });
  await send('PATCH', at, { title: 'Tidy more' });
  for (const act of ['pause', 'pause', 'resume', 'run']) await send('POST', `${at}/${act}`);
  await send('DELETE', at, {}, bea);
  await send('DELETE', at);
  await send('DELETE', at);
  const acts = await database.query
    .selectFrom('auditLog')
    .select(['actor', 'act', 'detail'])
    .orderBy('id')
    .execute();
  expect(acts.map(({ actor, act }) => `${actor} ${act}`)).toEqual([
    'api:admin schedule.add',
    'api:admin schedule.change.refused',
    'api:admin schedule.change',
    'api:admin schedule.pause',
    'api:admin schedule.pause',
    'api:admin schedule.resume',
    'api:admin schedule.run',
    'api:bea schedule.remove',
    'api:bea schedule.remove.refused',
    'api:admin schedule.remove',
  ]);
  expect(acts[1]?.detail).toEqual({ code: 'CRON_NEVER' });
  expect(acts[2]?.detail).toMatchObject({ fields: [{ field: 'title', to: 'Tidy more' }] });
});
