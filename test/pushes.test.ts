// Notices on their way to browsers, over real HTTP on a real database.
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { enqueueNotice } from '../src/engine/errors/outbox/enqueue-notice.ts';
import { createMoose } from '../src/engine/moose.ts';
import { noForge } from '../src/engine/no-forge.fixture.ts';
import { createKeyRing } from '../src/engine/policy/secrets/key-ring.ts';
import { asking } from '../src/engine/questions/asking.fixture.ts';
import { scratchDirectory } from '../src/git/scratch-repository.fixture.ts';
import type { Browser } from '../src/notifiers/push/browser.fixture.ts';
import { makeBrowser } from '../src/notifiers/push/browser.fixture.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { readPushKey } from '../src/store/access/push-key.ts';
import { asked, delivering, ground, hurry, known, ok, pushHost, rows, until } from './pushes.fixture.ts';

test('R-ESC-5: the owner of a question sees it in each of their browsers, and nobody else does', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const [ada, bob] = [await person('ada'), await person('bob')];
  const service = await pushHost(ok);
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
  const service = await pushHost(ok);
  const channels: Record<string, string> = {};
  for (const who of people) {
    const { id } = await subscribe(who, service.endpointOf(who.name), makeBrowser());
    channels[`push:${id}`] = who.name;
  }
  const { id } = await asking(database);
  const moose = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    ...noForge,
    known,
    actor: 'human:ada',
    keyRing,
  });
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
  const service = await pushHost(({ path }) => {
    if (path.endsWith('gone')) return { kind: 'reply', status: 410 };
    const isSlow = path.endsWith('slow') && isThrottled;
    return isSlow ? { kind: 'reply', status: 429, headers: { 'retry-after': '600' } } : ok;
  });
  const [slow, quick] = [makeBrowser(), makeBrowser()];
  await subscribe(ada, service.endpointOf('slow'), slow);
  await subscribe(ada, service.endpointOf('gone'), makeBrowser());
  await subscribe(ada, service.endpointOf('quick'), quick);
  await enqueueNotice(database.query, asked('1', 'ada'));
  await enqueueNotice(database.query, asked('2', 'ada'));
  // Only now: a browser that is gone is removed by the first delivery, and would get no second notice.
  await delivering(database, keyRing);
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

test('fear: the clock is set back by a day, and a browser is told nothing until the clock has caught up', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const service = await pushHost(ok);
  await subscribe(await person('ada'), service.endpointOf('desk'), makeBrowser());
  await database.transaction((query) => enqueueNotice(query, asked('1', 'ada')));
  await sql`update outbox set attempts = 1, created_at = created_at + interval '1 day',
    next_attempt_at = next_attempt_at + interval '1 day'`.execute(database.query);
  await delivering(database, keyRing);
  await service.received(1);
});

test('R-ESC-5: a browser is removed after three notices that could not be delivered, and not before', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const ada = await person('ada');
  const service = await pushHost({ kind: 'reply', status: 403 });
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

test('R-SEC-4: the private key is never in the database in clear, and survives a new key of secrets', async () => {
  const { database, keyRing, person, subscribe } = await ground();
  const ada = await person('ada', 'admin');
  const service = await pushHost(ok);
  const browser = makeBrowser();
  await subscribe(ada, service.endpointOf('x'), browser);
  const before = await readPushKey(database.query);
  const moose = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    ...noForge,
    known,
    actor: 'human:ada',
    keyRing,
  });
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
  const service = await pushHost(ok);
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
