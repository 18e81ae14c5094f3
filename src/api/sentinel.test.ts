import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { githubReader } from '../../test/forges/github-webhooks.fixture.ts';
import { ConfigurationError } from '../domain/failure.ts';
import { apiGround } from './api-ground.fixture.ts';

const secret = 'what both know';
/** By host. */
const secrets: Record<string, string | null> = {
  'github.com': secret,
  'git.example.org:3000': 'another',
  'silent.example.org': null,
};
const path = '/api/sentinel';
const check = JSON.stringify({ action: 'completed', check_run: { name: 'build' } });

function signed(body: string, given: Record<string, string> = {}): RequestInit {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      authorization: '',
      'content-type': 'application/json',
      'x-github-event': 'check_run',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${signature}`,
      ...given,
    },
  };
}

async function ground() {
  let rung = 0;
  const it = await apiGround({
    webhooks: {
      sources: {
        find: async (host) => {
          const known = secrets[host];
          return known === undefined ? null : { reader: githubReader, secret: known };
        },
      },
      onDelivery: () => {
        rung += 1;
      },
    },
  });
  const rows = () => it.database.query.selectFrom('webhookDeliveries').selectAll().execute();
  return { ...it, rows, rung: () => rung };
}

test('R-SEN-1: a signed delivery is kept, once, and rings', async () => {
  const { call, rows, rung } = await ground();
  const delivery = '72d3162e-cc78-11e3-81ab-4c9367dc0958';
  expect(await call(path, signed(check))).toMatchObject({
    status: 202,
    body: { delivery, state: 'waiting' },
  });
  expect(await call(path, signed(check))).toMatchObject({
    status: 200,
    body: { delivery, state: 'duplicate' },
  });
  expect(await rows()).toMatchObject([
    {
      id: `github.com:${delivery}`,
      event: 'check_run',
      state: 'waiting',
      retryCount: 0,
      payload: JSON.parse(check),
    },
  ]);
  expect(rung()).toBe(1);
});

test('R-SEN-1: one delivery that is sent ten times at once is one row', async () => {
  const { call, rows, rung } = await ground();
  const answers = await Promise.all(Array.from({ length: 10 }, () => call(path, signed(check))));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(await rows()).toHaveLength(1);
  expect(rung()).toBe(1);
});

test('R-SEN-1: fear: the same signed body counts again under another delivery id or event name', async () => {
  const { call, rows, rung } = await ground();
  expect((await call(path, signed(check))).status).toBe(202);
  for (const given of [
    { 'x-github-delivery': 'another-id' },
    { 'x-github-delivery': 'a-third-id', 'x-github-event': 'check_suite' },
    { 'x-github-delivery': 'a-fourth-id', 'x-github-event': 'ping' },
  ])
    expect(await call(path, signed(check, given))).toMatchObject({
      status: 200,
      body: { delivery: given['x-github-delivery'], state: 'duplicate' },
    });
  expect(await rows()).toHaveLength(1);
  expect(rung()).toBe(1);
  const other = JSON.stringify({ action: 'completed', check_run: { name: 'lint' } });
  expect((await call(path, signed(other, { 'x-github-delivery': 'a-fifth-id' }))).status).toBe(202);
  expect(await rows()).toHaveLength(2);
});

test('R-CHA-2: a bad webhook signature is 401 and changes nothing', async () => {
  const { call, rows, rung, database } = await ground();
  const right = createHmac('sha256', secret).update(check).digest('hex');
  const bad = [
    '',
    'sha256=',
    `sha256=${'0'.repeat(64)}`,
    `sha256=${right.slice(0, 63)}`,
    `sha256=${right}0`,
    `sha1=${right}`,
    right,
    `sha256=${createHmac('sha256', 'another').update(check).digest('hex')}`,
    `sha256=${createHmac('sha256', secret).update(`${check} `).digest('hex')}`,
  ];
  for (const signature of bad) {
    const answer = await call(path, signed(check, { 'x-hub-signature-256': signature }));
    expect(answer).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
  }
  expect(await rows()).toEqual([]);
  expect(rung()).toBe(0);
  for (const table of ['errorEvents', 'systemAlerts', 'auditLog', 'workOrderEvents'] as const)
    expect(await database.query.selectFrom(table).selectAll().execute()).toEqual([]);
});

test('R-SEN-1: without a secret nothing is taken, and the answer says what to set', async () => {
  const { call, database } = await apiGround();
  const answer = await call(path, signed(check));
  expect(answer).toMatchObject({ status: 409, body: { code: 'WEBHOOKS_NOT_CONFIGURED' } });
  expect(JSON.stringify(answer.body)).toContain('MOOSE_GITHUB_WEBHOOK_SECRET');
  expect(await database.query.selectFrom('webhookDeliveries').selectAll().execute()).toEqual([]);
});

test('what Moose does not look at is kept without what it says', async () => {
  const { call, rows, rung } = await ground();
  const answer = await call(path, signed(check, { 'x-github-event': 'ping' }));
  expect(answer).toMatchObject({ status: 200, body: { state: 'ignored' } });
  expect(await rows()).toMatchObject([{ state: 'ignored', payload: {} }]);
  expect(rung()).toBe(0);
});

test('R-SEC-3: a signed body that is none of GitHub’s is refused, with NULs and all', async () => {
  const { call, rows } = await ground();
  for (const [body, given] of [
    ['[]', {}],
    ['null', {}],
    ['no', {}],
    ['['.repeat(200_000), {}],
    [check, { 'x-github-delivery': '' }],
    [check, { 'x-github-delivery': 'x'.repeat(101) }],
    [check, { 'x-github-event': '' }],
  ] as const)
    expect((await call(path, signed(body, given))).status).toBe(400);
  expect((await call(path, signed(' '.repeat(5 * 1024 * 1024 + 1)))).status).toBe(413);
  expect(await rows()).toEqual([]);
  expect((await call(path, signed('{"title":"a\\u0000b \\ud800"}'))).status).toBe(202);
});

test('R-SEN-1: each forge has a route and a secret of its own', async () => {
  const { call, rows } = await ground();
  const other = '/api/sentinel/Git.Example.org:3000';
  const byOther = createHmac('sha256', 'another').update(check).digest('hex');
  const asOther = signed(check, { 'x-hub-signature-256': `sha256=${byOther}` });
  expect(await call(other, signed(check))).toMatchObject({
    status: 401,
    body: { code: 'SIGNATURE_INVALID' },
  });
  expect(await call(path, asOther)).toMatchObject({ status: 401 });
  expect(await rows()).toEqual([]);
  expect(await call(other, asOther)).toMatchObject({ status: 202 });
  expect(await rows()).toMatchObject([{ source: 'git.example.org:3000' }]);
  for (const [host, status, code] of [
    ['silent.example.org', 409, 'WEBHOOKS_NOT_CONFIGURED'],
    ['unknown.example.org', 404, 'WEBHOOK_HOST_UNKNOWN'],
  ] as const)
    expect(await call(`/api/sentinel/${host}`, asOther)).toMatchObject({
      status,
      body: { code, detail: expect.stringContaining(host) },
    });
});

test('R-SEC-4: fear: a stranger learns from where Moose reads a secret', async () => {
  const where = '/run/secrets/of-the-forge';
  const lost = new ConfigurationError({
    code: 'FORGE_CREDENTIALS_MISSING',
    component: 'forges',
    operation: 'read credential',
    message: `Moose has no credential for github.com: the file ${where} cannot be read.`,
    advice: `Look at ${where}.`,
  });
  const find = () => Promise.reject(lost);
  const { call, recorded } = await apiGround({
    webhooks: { sources: { find }, onDelivery: () => undefined },
  });
  const answer = await call(path, signed(check, { 'x-hub-signature-256': 'sha256=00' }));
  expect(answer).toMatchObject({ status: 409, body: { code: 'WEBHOOKS_NOT_CONFIGURED' } });
  expect(JSON.stringify([answer.body, [...answer.headers]])).not.toContain(where);
  // The operator sees it in the log, at most once a minute: a stranger cannot fill the disk.
  for (let count = 0; count < 5; count += 1) await call(path, signed(check));
  expect(recorded.filter((code) => code === 'FORGE_CREDENTIALS_MISSING')).toHaveLength(1);
  const broken = { find: () => Promise.reject(new TypeError('a bug')) };
  const other = await apiGround({ webhooks: { sources: broken, onDelivery: () => undefined } });
  expect(await other.call(path, signed(check))).toMatchObject({ status: 500 });
});
