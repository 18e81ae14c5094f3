import { once } from 'node:events';
import { connect } from 'node:net';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { liveMessageSchema } from '../../contract/live.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { addToken, findToken, newToken, revokeToken } from '../../store/access/api-tokens.ts';
import type { Database } from '../../store/database.ts';
import { aServer, aWatcher, change, greeted, liveGround, refusal } from '../live-ground.fixture.ts';

test('R-UI-1: a watcher is greeted, and receives each change once', async () => {
  const { database, server, token } = await liveGround();
  const watcher = aWatcher(server, token);
  await until('it is greeted', () => watcher.messages.length === 1);
  expect(watcher.messages[0]).toEqual({
    type: 'hello',
    server: expect.stringMatching(/^[0-9a-f-]{36}$/),
    cursor: expect.stringMatching(/^\d/),
  });
  await change(database, 'one');
  await change(database, 'two');
  await until('it is told', () => watcher.subjects.length === 2);
  expect(watcher.subjects).toEqual(['one', 'two']);
  for (const message of watcher.messages) expect(liveMessageSchema.parse(message)).toEqual(message);
});

test('over a lost connection and a new server nothing is missed, and the new server has another name', async () => {
  const { database, server, token } = await liveGround();
  const watcher = aWatcher(server, token);
  await greeted(watcher);
  await change(database, 'one');
  await until('it is told', () => watcher.subjects.length === 1);
  watcher.socket.terminate();
  await change(database, 'two');
  const again = aWatcher(server, token, { cursor: watcher.cursor });
  await until('it is told', () => again.subjects.length === 1);
  await server.close();
  await until('it is told to come back', () => again.closed !== null);
  expect(again.closed).toEqual({ code: 1001, reason: 'Moose is stopping' });
  await change(database, 'three');
  const next = await aServer(database, {}, { port: server.port });
  const last = aWatcher(next, token, { cursor: again.cursor });
  await change(database, 'four');
  await until('it is told', () => last.subjects.length === 2);
  expect([watcher, again, last].map(({ subjects }) => subjects)).toEqual([
    ['one'],
    ['two'],
    ['three', 'four'],
  ]);
  expect(
    new Set([watcher, again, last].map(({ messages: [hello] }) => hello && 'server' in hello && hello.server))
      .size,
  ).toBe(2);
});

test('a request without an upgrade is told how to connect', async () => {
  const { server, token } = await liveGround();
  const answer = await fetch(`${server.url}/api/live`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(426);
  expect(answer.headers.get('upgrade')).toBe('websocket');
  expect(await answer.json()).toMatchObject({ code: 'UPGRADE_REQUIRED' });
});

test('two servers of one database send the same events', async () => {
  const { database, server, token } = await liveGround();
  const watchers = [aWatcher(server, token), aWatcher(await aServer(database), token)];
  await greeted(...watchers);
  for (const subject of ['one', 'two', 'three']) await change(database, subject);
  for (const { subjects } of watchers) {
    await until('it is told', () => subjects.length === 3);
    expect(subjects).toEqual(['one', 'two', 'three']);
  }
});

test('two hundred watchers each receive everything', async () => {
  const { database, server, token } = await liveGround({ clientsPerCallerMax: 200 });
  const watchers = Array.from({ length: 200 }, () => aWatcher(server, token));
  await until('all are let in', () => watchers.every(({ messages }) => messages.length > 0));
  const all = Array.from({ length: 50 }, (_, number) => `${number}`);
  for (const subject of all) await change(database, subject);
  await until('all are told', () => watchers.every(({ subjects }) => subjects.length === all.length));
  for (const { subjects } of watchers) expect(subjects).toEqual(all);
});

test('fear: a client that does not read fills the memory; it is disconnected, and catches up', async () => {
  const { database, server, token } = await liveGround({ bufferedBytesMax: 10_000, closeMsMax: 60_000 });
  const slow = aWatcher(server, token);
  const quick = aWatcher(server, token);
  await greeted(slow, quick);
  await change(database, 'first');
  await until('both are told', () => slow.subjects.length + quick.subjects.length === 2);
  slow.socket.pause();
  const large = 'x'.repeat(200_000);
  let written = 0;
  // The buffers at both ends of a connection already hold several megabytes.
  for (; written < 100; written++) await change(database, `${written}`, large);
  await until('the quick one is told', () => quick.subjects.length === 1 + written);
  slow.socket.resume();
  await until('the slow one is sent away', () => slow.closed !== null);
  expect(slow.closed).toEqual({ code: 1013, reason: 'too slow' });
  expect(slow.subjects.length).toBeLessThan(quick.subjects.length);
  const back = aWatcher(server, token, { cursor: slow.cursor });
  await until(
    'it has caught up',
    () => slow.subjects.length + back.subjects.length === quick.subjects.length,
  );
  expect([...slow.subjects, ...back.subjects]).toEqual(quick.subjects);
});

test.each(['rubbish', '99999999999', `${'9'.repeat(9_000)}`])(
  'an unknown cursor leads to a resync',
  async (cursor) => {
    const { database, server, token } = await liveGround();
    const watcher = aWatcher(server, token, { cursor });
    await until('it is told so', () => watcher.messages.length === 2);
    expect(watcher.messages[1]).toEqual({ type: 'resync', cursor: watcher.cursor });
    await change(database, 'one');
    await until('it goes on', () => watcher.subjects.length === 1);
  },
);

test('R-SEC-1: the watcher with a revoked token is disconnected', async () => {
  const { database, server, token } = await liveGround({ checkEveryMs: 20 });
  const other = newToken();
  await addToken(database.query, other, { name: 'other', role: 'viewer', createdBy: 'test' });
  const [watcher, another] = [aWatcher(server, token), aWatcher(server, other)];
  await greeted(watcher, another);
  const row = await findToken(database.query, token);
  await revokeToken(database.query, row?.id ?? '');
  await until('it is sent away', () => watcher.closed !== null);
  expect([watcher.closed, another.closed]).toEqual([{ code: 1008, reason: 'signed out' }, null]);
});

test('R-SEC-1: fear: a watcher whose token was revoked stays as long as others send wrong tokens', async () => {
  const { database, server, token } = await liveGround({ checkEveryMs: 20 }, 14_000);
  const watcher = aWatcher(server, token);
  await greeted(watcher);
  const over = new AbortController();
  onTestFinished(() => over.abort());
  let turnedAway = 0;
  for (let sent = 0; sent < 40; sent++)
    void fetch(`${server.url}/api/me`, {
      headers: { authorization: 'Bearer wrong' },
      signal: over.signal,
    }).then(
      ({ status }) => {
        turnedAway += status === 429 ? 1 : 0;
      },
      () => undefined,
    );
  await until('no other wrong token may wait', () => turnedAway === 8);
  await revokeToken(database.query, (await findToken(database.query, token))?.id ?? '');
  await until('it is sent away', () => watcher.closed !== null);
  expect(watcher.closed).toEqual({ code: 1008, reason: 'signed out' });
});

test('if a token cannot be checked because the database is unavailable, nobody is disconnected', async () => {
  const { database, server, token } = await liveGround({ checkEveryMs: 20 });
  const watcher = aWatcher(server, token);
  await greeted(watcher);
  await sql`alter table api_tokens rename to hidden`.execute(database.query);
  await sql`select pg_sleep(0.2)`.execute(database.query);
  await sql`alter table hidden rename to api_tokens`.execute(database.query);
  await change(database, 'one');
  await until('it is told', () => watcher.subjects.length === 1);
  expect(watcher.closed).toBeNull();
});

test('R-SEC-1: without a token, from another site, under another name or at another path, nobody is admitted', async () => {
  const { server, token } = await liveGround();
  const authorization = `Bearer ${token}`;
  const live = `${server.url}/api/live`;
  expect(await refusal(live, {})).toEqual({ status: 401, code: 'TOKEN_INVALID' });
  expect(await refusal(live, { authorization: 'Bearer no' })).toEqual({ status: 401, code: 'TOKEN_INVALID' });
  const foreign = { authorization, origin: 'https://evil.example' };
  expect(await refusal(live, foreign)).toEqual({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
  const renamed = { authorization, host: 'evil.example' };
  expect(await refusal(live, renamed)).toEqual({ status: 403, code: 'HOST_NOT_ALLOWED' });
  expect(await refusal(`${server.url}/api/other`, { authorization })).toEqual({
    status: 404,
    code: 'PATH_NOT_FOUND',
  });
  const own = aWatcher(server, token, { headers: { origin: server.url } });
  await until('its own page is let in', () => own.messages.length === 1);
});

const watcherOf = async (database: Database, name: string, person: string | null = null) => {
  const token = newToken();
  await addToken(database.query, token, { name, role: 'viewer', createdBy: 'test', person });
  return token;
};

test('R-SEC-3: the number of watchers is limited, in total and per caller', async () => {
  const { database, server, token } = await liveGround({ clientsPerCallerMax: 2, clientsMax: 3 });
  const headers = { authorization: `Bearer ${token}` };
  const live = `${server.url}/api/live`;
  const own = [aWatcher(server, token), aWatcher(server, token)];
  await greeted(...own);
  expect(await refusal(live, headers)).toEqual({ status: 503, code: 'LIVE_CLIENTS_TOO_MANY' });
  const other = await watcherOf(database, 'other');
  await greeted(aWatcher(server, other));
  expect(await refusal(live, { authorization: `Bearer ${other}` })).toMatchObject({ status: 503 });
  own[0]?.socket.close();
  await until('it is gone', () => own[0]?.closed !== null);
  await greeted(aWatcher(server, other));
});

test('R-SEC-3: fear: two callers take all places, and a third one gets none', async () => {
  const { database, server, token } = await liveGround({ clientsMax: 4 });
  const ada = await watcherOf(database, 'ada-1', 'ada');
  const [bob, cay] = [await watcherOf(database, 'bob'), await watcherOf(database, 'cay')];
  const adas: Array<ReturnType<typeof aWatcher>> = [];
  for (const each of [token, ada, await watcherOf(database, 'ada-2', 'ada'), ada]) {
    adas.push(aWatcher(server, each));
    await greeted(...adas);
  }
  // Ada has three, with two tokens: the oldest one gives way.
  await greeted(aWatcher(server, bob));
  await until('it gives way', () => adas[1]?.closed !== null);
  expect(adas[1]?.closed).toEqual({ code: 1013, reason: 'too many connections' });
  await greeted(aWatcher(server, cay));
  await until('it gives way', () => adas[2]?.closed !== null);
  // Now everybody has one.
  const refused = await refusal(`${server.url}/api/live`, { authorization: `Bearer ${ada}` });
  expect(refused).toEqual({ status: 503, code: 'LIVE_CLIENTS_TOO_MANY' });
  expect([adas[0]?.closed, adas[3]?.closed]).toEqual([null, null]);
});

test("R-SEC-3: a client's messages are ignored, and may not be long", async () => {
  const { database, server, token } = await liveGround();
  const watcher = aWatcher(server, token);
  await greeted(watcher);
  watcher.socket.send('{"type":"delete everything"}');
  await change(database, 'one');
  await until('it is told', () => watcher.subjects.length === 1);
  watcher.socket.send('x'.repeat(2_000));
  await until('it is sent away', () => watcher.closed !== null);
  expect(watcher.closed?.code).toBe(1009);
});

test('pings are sent and expected; a client that does not answer is disconnected', async () => {
  const { server, token } = await liveGround({ stillHereEveryMs: 20, unansweredPingsMax: 15 });
  const alive = aWatcher(server, token);
  const still = () => alive.messages.filter(({ type }) => type === 'still_here').length;
  const dead = aWatcher(server, token);
  await greeted(dead);
  dead.socket.pause();
  await until('it has lived for longer than a dead one may', () => still() > 30);
  expect(alive.closed).toBeNull();
  dead.socket.resume();
  await until('the other one is cut off', () => dead.closed !== null);
  expect(dead.closed?.code).toBe(1006);
});

test('fear: a server that stood still takes its own silence for that of its clients, and disconnects them', async () => {
  const { server, token } = await liveGround({ stillHereEveryMs: 20, unansweredPingsMax: 15 });
  const watcher = aWatcher(server, token);
  await greeted(watcher);
  const from = watcher.messages.length;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 * 15 * 2);
  await until('it looks again', () => watcher.closed !== null || watcher.messages.length > from + 5);
  expect(watcher.closed).toBeNull();
});

test('a client that leaves during its check, and one that speaks no WebSocket, harm nobody', async () => {
  const { database, server, token } = await liveGround();
  const lines = (more: string[]) =>
    ['GET /api/live HTTP/1.1', `Host: 127.0.0.1:${server.port}`, ...more, '', ''].join('\r\n');
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket'];
  for (let times = 0; times < 20; times++) {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(lines([...upgrade, 'Authorization: Bearer no']));
    socket.destroy();
  }
  const half = connect(server.port, '127.0.0.1');
  half.write(lines([...upgrade, `Authorization: Bearer ${token}`]));
  expect(String(await once(half, 'data'))).toMatch(/^HTTP\/1.1 400 /);
  const plain = await fetch(`${server.url}/api/live`, { headers: { authorization: `Bearer ${token}` } });
  expect(plain.status).toBe(426);
  const watcher = aWatcher(server, token);
  await greeted(watcher);
  await change(database, 'one');
  await until('it is told', () => watcher.subjects.length === 1);
});
