import { expect, test } from 'vitest';
import { audit } from '../store/access/api-tokens.ts';
import { apiGround } from './api-ground.fixture.ts';

const put = (body: unknown, token?: string): RequestInit => ({
  method: 'PUT',
  body: JSON.stringify(body),
  headers: {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  },
});
const key = 'settings.limits.machine_slots';
const path = `/api/settings/${key}`;

test('R-UI-4: a setting is read, changed, and gone back with, and its history tells it all', async () => {
  const { call } = await apiGround();
  const { body } = (await call('/api/settings')) as { body: { items: Array<{ key: string }> } };
  expect(body.items.length).toBeGreaterThan(30);
  expect(body.items.find((one) => one.key === key)).toMatchObject({
    value: 8,
    source: 'default',
    version: 0,
  });
  expect(await call(path, put({ value: 4, expected_version: 0 }))).toMatchObject({
    status: 200,
    body: { key, value: 4, default: 8, source: 'changed', version: 1, changed_by: 'api:admin' },
  });
  expect(await call(path, put({ value: null }))).toMatchObject({
    body: { value: 8, source: 'default', version: 2 },
  });
  expect(await call(`${path}/history?limit=1`)).toMatchObject({
    body: { items: [{ version: 2, value: null }], next_cursor: '2' },
  });
  expect(await call(`${path}/history?cursor=2`)).toMatchObject({
    body: { items: [{ version: 1, value: 4 }], next_cursor: null },
  });
  expect(await call('/api/audit')).toMatchObject({
    body: {
      items: [
        { act: 'setting.change', subject: key, actor: 'api:admin', detail: { value: null } },
        { act: 'setting.change', subject: key, detail: { value: 4, expected_version: 0 } },
      ],
      next_cursor: null,
    },
  });
});

test('R-UI-4: what cannot be is refused with its place, what somebody else has changed with who', async () => {
  const { call, tokens } = await apiGround();
  const rows = [{ act: 'escalate', because: 'a human' }, { act: 'shout' }];
  expect(await call('/api/settings/settings.policies.recovery', put({ value: rows }))).toMatchObject({
    status: 422,
    body: {
      code: 'SETTING_VALUE_INVALID',
      issues: expect.arrayContaining([expect.objectContaining({ path: '1.act' })]),
    },
  });
  expect(await call(path, put({}))).toMatchObject({ status: 400 });
  expect(await call(path, put({ value: 3 }))).toMatchObject({ status: 200 });
  expect(await call(path, put({ value: 5, expected_version: 0 }))).toMatchObject({
    status: 409,
    body: { code: 'SETTING_CHANGED', detail: expect.stringMatching(/was changed by api:admin at 20/) },
  });
  expect(await call(path, put({ value: 5 }, tokens.operator))).toMatchObject({ status: 403 });
  for (const unknown of ['settings.nothing', 'engine.version', '%00'])
    expect(await call(`/api/settings/${unknown}`, put({ value: 1 }))).toMatchObject({
      status: 404,
      body: { code: 'SETTING_NOT_FOUND' },
    });
  expect(await call('/api/settings/settings.nothing', put({ value: null }))).toMatchObject({ status: 404 });
  expect(await call('/api/settings/settings.nothing/history')).toMatchObject({ status: 404 });
  expect(await call('/api/settings/budget.daily_limit_usd', put({ value: 1_000 }))).toMatchObject({
    status: 403,
    body: { code: 'LIMIT_NOT_YOURS' },
  });
  for (const of of ['/api/audit', `${path}/history`])
    expect(await call(`${of}?cursor=nonsense`)).toMatchObject({
      status: 400,
      body: { code: 'CURSOR_INVALID' },
    });
});

test('R-SEC-1: the audit log is read in pages, newest first, and a refusal is a row of its own', async () => {
  const { call, database } = await apiGround();
  for (const act of ['one', 'two', 'three']) await audit(database.query, { actor: 'human:ada', act });
  await call(path, put({ value: 'many' }));
  const acts: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await call(`/api/audit?limit=2${cursor && `&cursor=${cursor}`}`)) as {
      body: { items: Array<{ act: string }>; next_cursor: string | null };
    };
    acts.push(...page.body.items.map(({ act }) => act));
    cursor = page.body.next_cursor;
  }
  expect(acts).toEqual(['setting.change.refused', 'setting.change', 'three', 'two', 'one']);
});

test('models and agents are what is known here', async () => {
  const { call } = await apiGround();
  expect(await call('/api/agents')).toMatchObject({ body: { items: [{ name: 'patch', is_default: true }] } });
  const long = { value: [...Array(20).keys()].map((n) => `provider/${'x'.repeat(150)}${n}`) };
  expect(await call('/api/settings/settings.models.light', put(long))).toMatchObject({ status: 200 });
  expect(await call('/api/audit')).toMatchObject({
    body: { items: [{ detail: { value: expect.stringMatching(/^\d+ characters$/) } }] },
  });
  const { body } = (await call('/api/models')) as { body: { items: Array<Record<string, unknown>> } };
  expect(body.items[0]).toMatchObject({ provider: 'provider', tiers: ['light'], has_key: false });
});
