// Browser notifications, from the Settings page's calls to the push service, over real HTTP on a real database.
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { apiGround } from '../src/api/api-ground.fixture.ts';
import { askPush } from '../src/engine/access/ask-push.ts';
import { createMoose } from '../src/engine/moose.ts';
import { noForge } from '../src/engine/no-forge.fixture.ts';
import { startDelivery } from '../src/engine/notify/deliver.ts';
import { keepPushing } from '../src/engine/notify/deliver-pushes.ts';
import { enqueueNotice } from '../src/engine/outbox/enqueue-notice.ts';
import { asking } from '../src/engine/questions/asking.fixture.ts';
import { createKeyRing } from '../src/engine/secrets/key-ring.ts';
import { scratchDirectory } from '../src/git/scratch-repository.fixture.ts';
import { type Browser, makeBrowser } from '../src/notifiers/push/browser.fixture.ts';
import { createPushSender } from '../src/notifiers/push/sender.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { addToken, findToken, newToken, revokeToken } from '../src/store/access/api-tokens.ts';
import { readPushKey } from '../src/store/access/push-key.ts';
import type { Database } from '../src/store/database.ts';
import { testDatabase } from './database.ts';
import { type Fault, type FaultRequest, startFaultServer } from './fault-server.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };
const json = { 'content-type': 'application/json' };
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const deadlineMs = 60_000;
const lookEveryMs = 20;

async function until<T>(look: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (performance.now() - startedMs > deadlineMs) throw new Error(`Still ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

async function ground() {
  const database = await testDatabase();
  const keyRing = createKeyRing({ dataDirectory: scratchDirectory() });
  const made = await apiGround({
    database,
    mooseFor: (actor, requester = actor) =>
      createMoose({ database, clock: systemClock, ...noForge, known, actor, requester, keyRing }),
  });
  const { server } = made;
  /** A person in a browser. */
  const person = async (name: string, role: 'viewer' | 'admin' = 'viewer') => {
    const token = newToken();
    await addToken(database.query, token, { name, role, createdBy: 'test', person: name });
    const enter = async () => {
      const opened = await fetch(`${server.url}/api/session`, {
        ...{ method: 'POST', headers: json, body: JSON.stringify({ token }) },
      });
      const headers = {
        ...{ ...json, origin: server.url, 'user-agent': firefox },
        cookie: (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
      };
      return async (method: string, path: string, body?: unknown) => {
        const answer = await fetch(`${server.url}${path}`, {
          ...{ method, headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
      };
    };
    const id = (await findToken(database.query, token))?.id ?? '';
    return { name, tokenId: id, enter, call: await enter() };
  };
  /** Subscribed at a push service of the test, which the interface itself refuses. */
  const subscribe = async (who: { name: string; tokenId: string }, endpoint: string, browser: Browser) => {
    const push = askPush({
      database,
      actor: `human:${who.name}`,
      keyRing: () => keyRing,
      allowsLoopback: true,
    });
    await push.key();
    const from = { tokenId: who.tokenId, sessionId: null, userAgent: firefox };
    return push.subscribe({ endpoint, keys: browser.keys }, from);
  };
  return { ...made, database, keyRing, person, subscribe };
}

async function pushService(answer: Fault | ((request: FaultRequest) => Fault)) {
  const service = await startFaultServer(answer);
  onTestFinished(() => service.stop());
  return { ...service, endpointOf: (name: string) => `${service.url}/push/${name}` };
}

async function delivering(
  database: Database,
  keyRing: ReturnType<typeof createKeyRing>,
  keepTryingMs?: number,
) {
  const deps = {
    ...{ database, keyRing, clock: systemClock, random: () => 0, logger: pino({ level: 'silent' }) },
    ...(keepTryingMs === undefined ? {} : { keepTryingMs }),
    errors: { record: () => ({ id: '', resolved: () => undefined }) },
    sender: createPushSender({ clock: systemClock, contact: null, timeoutMs: 5_000, allowsLoopback: true }),
  };
  const running = startDelivery({
    ...{ ...deps, notifiers: [], baseUrl: null, announcedBy: 'test' },
    pushes: (signal) => keepPushing(deps, signal),
  });
  onTestFinished(() => running.close());
  await running.ready;
}

const rows = (database: Database) =>
  database.query
    .selectFrom('outbox')
    .select(['key', 'channel', 'state', 'attempts', 'payload'])
    .orderBy('id')
    .execute();
const hurry = (database: Database) =>
  sql`update outbox set next_attempt_at = clock_timestamp() where state = 'waiting'
    and next_attempt_at > clock_timestamp()`
    .execute(database.query)
    .then(() => sql`notify moose_outbox`.execute(database.query));
const asked = (subjectId: string, person: string | null) => ({
  ...{ kind: 'escalation.opened', subjectId, to: { person, workOrderId: null } },
  payload: {
    title: `Question ${subjectId}`,
    text: 'Secret details',
    severity: 'high' as const,
    path: `/escalations/${subjectId}`,
  },
});
const ok: Fault = { kind: 'reply', status: 201 };

test('R-ESC-5: the owner of a question sees it in each of their browsers, and nobody else does', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const [ada, bob] = [await person('ada'), await person('bob')];
  const service = await pushService(ok);
  const browsers = { desk: makeBrowser(), phone: makeBrowser(), bobs: makeBrowser() };
  await subscribe(ada, service.endpointOf('desk'), browsers.desk);
  await subscribe(ada, service.endpointOf('phone'), browsers.phone);
  await subscribe(bob, service.endpointOf('bobs'), browsers.bobs);
  await delivering(database, keyRing);
  await database.transaction((query) => enqueueNotice(query, asked('1', 'ada')));
  expect(await database.transaction((query) => enqueueNotice(query, asked('1', 'ada')))).toBe(0);
  await service.received(2);
  const shown = service.requests.map(({ path, bytes }) => {
    const name = path.split('/').at(-1) === 'desk' ? ('desk' as const) : ('phone' as const);
    return [path, JSON.parse(browsers[name].decrypt(bytes))];
  });
  const message = { title: 'Moose has a question', body: 'Question 1', path: '/escalations/1' };
  expect(shown.sort()).toEqual([
    ['/push/desk', message],
    ['/push/phone', message],
  ]);
  await until(
    () => rows(database),
    (all) => all.every(({ state }) => state === 'delivered'),
  );
  expect(JSON.stringify(await rows(database))).not.toContain('Secret details');
  const status = await ada.call('GET', '/api/push');
  expect(status.body.items).toMatchObject([
    { browser: 'Firefox on Linux', failures: 0, last_success_at: expect.any(String) },
    { last_success_at: expect.any(String) },
  ]);
});

test('R-ESC-7: owner and requester are told when a question is opened and when it is handed on', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  // The fixture submits as `human:test`.
  const people = [await person('test'), await person('bob'), await person('eve')];
  const service = await pushService(ok);
  const channels: Record<string, string> = {};
  for (const who of people) {
    const { id } = await subscribe(who, service.endpointOf(who.name), makeBrowser());
    channels[`push:${id}`] = who.name;
  }
  const { id } = await asking(database);
  const moose = createMoose({ database, clock: systemClock, ...noForge, known, actor: 'human:ada', keyRing });
  await moose.escalations.handOn(id, 'bob');
  const told = (await rows(database)).map(({ key, channel }) => {
    const [kind] = key.split(':');
    return `${kind} ${channels[channel]}`;
  });
  expect(told.sort()).toEqual(['escalation.opened test', 'escalation.owner bob', 'escalation.owner test']);
});

test('R-ESC-5: a throttled push service is asked again, another browser does not wait, and 410 removes a browser', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const ada = await person('ada');
  let isThrottled = true;
  const service = await pushService(({ path }) => {
    if (path.endsWith('gone')) return { kind: 'reply', status: 410 };
    const isSlow = path.endsWith('slow') && isThrottled;
    return isSlow ? { kind: 'reply', status: 429, headers: { 'retry-after': '600' } } : ok;
  });
  const [slow, quick] = [makeBrowser(), makeBrowser()];
  await subscribe(ada, service.endpointOf('slow'), slow);
  await subscribe(ada, service.endpointOf('gone'), makeBrowser());
  await subscribe(ada, service.endpointOf('quick'), quick);
  await delivering(database, keyRing);
  await enqueueNotice(database.query, asked('1', 'ada'));
  await enqueueNotice(database.query, asked('2', 'ada'));
  const settled = await until(
    () => rows(database),
    (all) =>
      all.filter(({ state }) => state === 'delivered').length === 2 &&
      all.filter(({ state }) => state === 'failed').length === 2 &&
      all.some(({ state, attempts }) => state === 'waiting' && attempts === 1),
  );
  expect(settled.filter(({ state }) => state === 'waiting')).toHaveLength(2);
  expect((await ada.call('GET', '/api/push')).body.items).toMatchObject([
    { failures: 0, last_failure: expect.stringContaining('429') },
    { last_failure: null },
  ]);
  isThrottled = false;
  await hurry(database);
  await until(
    () => rows(database),
    (all) => all.filter(({ state }) => state === 'delivered').length === 4,
  );
  const bodiesOf = (name: string, browser: Browser) =>
    service.requests
      .filter(({ path }) => path.endsWith(name))
      .map(({ bytes }) => JSON.parse(browser.decrypt(bytes)).body);
  expect(bodiesOf('slow', slow)).toEqual(['Question 1', 'Question 1', 'Question 2']);
  expect(bodiesOf('quick', quick)).toEqual(['Question 1', 'Question 2']);
});

test('R-ESC-5: a browser is removed after three notices that could not be delivered, and not before', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const ada = await person('ada');
  const service = await pushService({ kind: 'reply', status: 403 });
  await subscribe(ada, service.endpointOf('x'), makeBrowser());
  await delivering(database, keyRing);
  for (const number of [1, 2, 3]) {
    const { items } = (await ada.call('GET', '/api/push')).body;
    expect(items).toMatchObject([{ failures: number - 1 }]);
    await enqueueNotice(database.query, asked(String(number), 'ada'));
    await until(
      () => rows(database),
      (all) => all.filter(({ state }) => state === 'failed').length === number,
    );
  }
  expect((await ada.call('GET', '/api/push')).body.items).toEqual([]);
});

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
      ...{ status: 400, body: { code: 'PUSH_BROWSER_INVALID' } },
    });
  const endpoint = 'https://push.example.org/x';
  const notOnCurve = { ...keys, p256dh: `B${'A'.repeat(86)}` };
  expect(await eve.call('POST', '/api/push/browsers', { endpoint, keys: notOnCurve })).toMatchObject({
    ...{ status: 400, body: { code: 'PUSH_BROWSER_INVALID' } },
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
    ...{ status: 409, body: { code: 'PUSH_BROWSERS_TOO_MANY' } },
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

test('R-SEC-4: the private key is never in the database in clear, and survives a new key of secrets', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const ada = await person('ada', 'admin');
  const service = await pushService(ok);
  const browser = makeBrowser();
  await subscribe(ada, service.endpointOf('x'), browser);
  const before = await readPushKey(database.query);
  const moose = createMoose({ database, clock: systemClock, ...noForge, known, actor: 'human:ada', keyRing });
  await moose.projects.variables.rotate();
  const after = await readPushKey(database.query);
  expect(after?.publicKey).toBe(before?.publicKey);
  expect(after?.keyId).not.toBe(before?.keyId);
  // 12 bytes of nonce, 43 characters, 16 bytes of tag.
  expect(after?.sealed).toHaveLength(71);
  await delivering(database, keyRing);
  await enqueueNotice(database.query, asked('1', 'ada'));
  await service.received(1);
  expect(browser.decrypt(service.requests[0]?.bytes ?? Buffer.alloc(0))).toContain('Question 1');
});

test('R-ESC-5: a machine without the key of secrets leaves the notices to those that have it', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const ada = await person('ada');
  const service = await pushService(ok);
  await subscribe(ada, service.endpointOf('x'), makeBrowser());
  await enqueueNotice(database.query, asked('1', 'ada'));
  await delivering(database, createKeyRing({ dataDirectory: join(scratchDirectory(), 'other') }));
  await delivering(database, keyRing);
  await until(
    () => rows(database),
    ([row]) => row?.state === 'delivered',
  );
  expect((await rows(database))[0]?.attempts).toBe(1);
});
