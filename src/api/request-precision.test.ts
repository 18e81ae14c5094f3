import { expect, test } from 'vitest';
import { ConfigurationError } from '../domain/failure.ts';
import { apiGround } from './api-ground.fixture.ts';
import { errorResponse } from './request/error-answer.ts';

const asJson = { 'content-type': 'application/json' };

test.each(['0x10', '1e2', '%201', '', '-1', '1.5', '201', '9'.repeat(400)])(
  'fear: a limit of %j is taken for a number',
  async (limit) => {
    const { call } = await apiGround();
    const answer = await call(`/api/audit?limit=${limit}`);
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: 'limit' }] } });
  },
);

test('fear: a body that is not called JSON is overlooked, and the call is a success', async () => {
  const { call } = await apiGround();
  const plain = { 'content-type': 'text/plain' };
  for (const headers of [plain, { 'content-type': 'application/json; charset' }]) {
    const answer = await call('/api/limits', { method: 'PUT', headers, body: '{"daily_usd":1}' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE_NOT_JSON' } });
  }
});

test.each([
  ['POST', '/api/work-orders', { title: 'x', repository_path: '/nowhere', limit: 5 }, 'limit'],
  [
    'POST',
    '/api/work-orders',
    { title: 'x', repository_path: '/nowhere', need_approval: true },
    'need_approval',
  ],
  ['POST', '/api/work-orders/0123abcd/retry', { limit: 5 }, 'limit'],
  ['POST', '/api/work-orders/0123abcd/messages', { text: 'x', urgent: true }, 'urgent'],
  ['PUT', '/api/limits', { daily_usd: 1, persons: 'ada' }, 'persons'],
  ['POST', '/api/invites', { person: 'ada', daily: 5 }, 'daily'],
  ['POST', '/api/tokens', { name: 'ci', roles: 'viewer' }, 'roles'],
])('fear: a misspelt member of %s %s is ignored: %j', async (method, path, given, name) => {
  const { call } = await apiGround();
  const answer = await call(path, { method, headers: asJson, body: JSON.stringify(given) });
  expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  expect((answer.body as { detail: string }).detail).toContain(`"${name}"`);
});

test.each([
  ['PUT', '/api/limits'],
  ['POST', '/api/classify'],
])('fear: %s %s without a body is a success', async (method, path) => {
  const { call } = await apiGround();
  const refused = { status: 400, body: { code: 'REQUEST_INVALID' } };
  expect(await call(path, { method })).toMatchObject(refused);
  expect(await call(path, { method, headers: asJson, body: '{}' })).toMatchObject(refused);
});

test.each([
  ['MODEL_NAME_INVALID', 400],
  ['MODEL_PROVIDER_UNKNOWN', 400],
  ['MODEL_UNPRICED', 409],
])('fear: that there is no such model (%s) is told as a failure of Moose', (code, status) => {
  const said = { component: 'models', operation: 'choose', message: 'No.', advice: 'Choose another.' };
  const error = new ConfigurationError({ code, ...said });
  expect(errorResponse(error).status).toBe(status);
});

test.each(['REPOSITORY_BARE', 'REPOSITORY_EMPTY', 'REPOSITORY_DETACHED', 'SCHEDULE_PROJECT_GONE'])(
  'fear: a client tries again, because what a person must change (%s) is told as unavailable',
  (code) => {
    const said = { component: 'git', operation: 'inspect', message: 'No.', advice: 'Change it.' };
    expect(errorResponse(new ConfigurationError({ code, ...said })).status).toBe(409);
  },
);

test('what is asked wrongly is no failure of Moose', async () => {
  const { call, recorded } = await apiGround();
  const body = JSON.stringify({ title: 'x', repository_path: '/nowhere', agent: 'nobody' });
  const answer = await call('/api/work-orders', { method: 'POST', headers: asJson, body });
  expect(answer.status).toBeLessThan(500);
  expect(recorded).toEqual([]);
});

test('each call in the document says with what it answers, and none leaves it at "anything"', async () => {
  const { call } = await apiGround();
  const { paths } = (await call('/api/openapi.json')).body as Document;
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(60);
  for (const { responses } of operations) {
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['403', '500', '503']));
    expect(responses).not.toHaveProperty('default');
  }
  const withId = Object.entries(paths).filter(([path]) => path.includes('{'));
  for (const [, path] of withId)
    for (const { responses } of Object.values(path)) expect(responses).toHaveProperty('404');
});

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}
