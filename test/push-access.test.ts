// Who may turn on notifications, where, and when they end.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { enqueueNotice } from '../src/engine/errors/outbox/enqueue-notice.ts';
import { makeBrowser } from '../src/notifiers/push/browser.fixture.ts';
import { revokeToken } from '../src/store/access/api-tokens.ts';
import { asked, ground, json, rows } from './pushes.fixture.ts';

test('R-SEC-1: a person turns notifications on and off for their own browsers; programs and other people may not', async () => {
  const { database, call, person, server } = await ground();
  const [ada, bob] = [await person('ada'), await person('bob')];
  expect(await ada.call('GET', '/api/push')).toMatchObject({
    status: 200,
    body: { public_key: null, items: [] },
  });
  const key = await ada.call('POST', '/api/push/key');
  expect(key.body.public_key).toMatch(/^[\w-]{87}$/);
  expect((await bob.call('POST', '/api/push/key')).body).toEqual(key.body);
  const given = { endpoint: 'https://push.example.org/SECRET', keys: makeBrowser().keys };
  const added = await ada.call('POST', '/api/push/browsers', given);
  expect(added).toMatchObject({ status: 200, body: { browser: 'Firefox on Linux', failures: 0 } });
  expect((await ada.call('POST', '/api/push/browsers', given)).body.id).toBe(added.body.id);
  const listed = await ada.call('GET', '/api/push');
  expect(listed.body.items).toEqual([added.body]);
  expect(JSON.stringify([listed, added])).not.toContain('SECRET');
  const at = `/api/push/browsers/${added.body.id}`;
  for (const [method, path] of [
    ['DELETE', at],
    ['POST', `${at}/test`],
  ] as const)
    expect(await bob.call(method, path)).toMatchObject({
      status: 404,
      body: { code: 'PUSH_BROWSER_NOT_FOUND' },
    });
  for (const [method, path, body] of [
    ['GET', '/api/push'],
    ['POST', '/api/push/key'],
    ['POST', '/api/push/browsers', JSON.stringify(given)],
    ['DELETE', at],
    ['POST', `${at}/test`],
  ] as const) {
    const answer = await call(path, { method, headers: json, ...(body ? { body } : {}) });
    expect(answer).toMatchObject({ status: 403, body: { code: 'PUSH_NOT_A_PERSON' } });
    const stranger = await fetch(`${server.url}${path}`, {
      method,
      headers: json,
      ...(body ? { body } : {}),
    });
    expect(stranger.status).toBe(401);
  }
  expect(await ada.call('POST', `${at}/test`)).toMatchObject({ status: 202 });
  expect(await rows(database)).toMatchObject([{ channel: `push:${added.body.id}`, state: 'waiting' }]);
  const tests = await Promise.all(Array.from({ length: 8 }, () => ada.call('POST', `${at}/test`)));
  expect(tests.some(({ status }) => status === 429)).toBe(true);
  expect(await ada.call('DELETE', at)).toMatchObject({ status: 204 });
  expect((await ada.call('GET', '/api/push')).body.items).toEqual([]);
  const acts = await database.query
    .selectFrom('auditLog')
    .selectAll()
    .where('act', 'like', 'push.%')
    .execute();
  expect(acts.filter(({ act, actor }) => actor === 'human:ada' && act === 'push.subscribe')).toHaveLength(1);
  expect(acts.filter(({ act }) => act === 'push.remove')).toHaveLength(1);
  expect(
    JSON.stringify(acts, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).not.toContain('SECRET');
});

test('R-SEC-6: an endpoint that is no public https address, wrong keys and too many browsers are refused', async () => {
  const { person } = await ground();
  const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
  const { keys } = makeBrowser();
  const endpoints = [
    ...[
      'http://push.example.org/x',
      'https://127.0.0.1/x',
      'https://[::1]/x',
      'https://169.254.169.254/',
      'https://localhost/x',
    ],
    ...[
      'https://10.0.0.8:8443/x',
      'https://user:pw@push.example.org/x',
      'https://push.example.org/x#y',
      'ftp://a.org/',
      'x',
    ],
  ];
  for (const endpoint of endpoints)
    expect(await eve.call('POST', '/api/push/browsers', { endpoint, keys }), endpoint).toMatchObject({
      status: 400,
      body: { code: 'PUSH_BROWSER_INVALID' },
    });
  const endpoint = 'https://push.example.org/x';
  const notOnCurve = { ...keys, p256dh: `B${'A'.repeat(86)}` };
  expect(await eve.call('POST', '/api/push/browsers', { endpoint, keys: notOnCurve })).toMatchObject({
    status: 400,
    body: { code: 'PUSH_BROWSER_INVALID' },
  });
  for (const wrong of [
    {},
    { endpoint },
    { endpoint, keys: { ...keys, auth: 'x' } },
    { endpoint, keys, more: 1 },
  ])
    expect(await eve.call('POST', '/api/push/browsers', wrong)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  for (let number = 0; number < 10; number += 1)
    expect((await ada.call('POST', '/api/push/browsers', { endpoint: endpoint + number, keys })).status).toBe(
      200,
    );
  expect(await ada.call('POST', '/api/push/browsers', { endpoint, keys })).toMatchObject({
    status: 409,
    body: { code: 'PUSH_BROWSERS_TOO_MANY' },
  });
  // Whoever only knows the address of somebody else's browser cannot take it over; the browser itself can.
  const stolen = { endpoint: `${endpoint}1`, keys: makeBrowser().keys };
  expect(await bob.call('POST', '/api/push/browsers', stolen)).toMatchObject({
    status: 409,
    body: { code: 'PUSH_BROWSER_TAKEN' },
  });
  expect((await bob.call('POST', '/api/push/browsers', { ...stolen, keys })).status).toBe(200);
  expect((await ada.call('GET', '/api/push')).body.items).toHaveLength(9);
});

test('R-SEC-1: fear: somebody who signed out, or whose token was revoked, is still told about questions', async () => {
  const { database, person } = await ground();
  const ada = await person('ada');
  const other = await ada.enter();
  const { keys } = makeBrowser();
  await ada.call('POST', '/api/push/browsers', { endpoint: 'https://push.example.org/here', keys });
  await other('POST', '/api/push/browsers', { endpoint: 'https://push.example.org/there', keys });
  expect((await ada.call('DELETE', '/api/session')).status).toBe(204);
  expect((await other('GET', '/api/push')).body.items).toHaveLength(1);
  expect(await enqueueNotice(database.query, asked('1', 'ada'))).toBe(1);
  await database.transaction((query) => revokeToken(query, ada.tokenId));
  expect(await enqueueNotice(database.query, asked('2', 'ada'))).toBe(0);
  const { rows: left } = await sql`select id from push_subscriptions`.execute(database.query);
  expect(left).toEqual([]);
});
