// One session with a valid key sends the worst requests it can, and the calls of other sessions are not affected.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { aKey, ask, dollar, type Ground, gatewayGround } from './gateway-ground.fixture.ts';
import { gatewayLimits } from './limits.ts';
import { message } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

/** The other session's slowest answer while `work` runs; its calls are made one after the other. */
async function slowestMs(ground: Ground, work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  let slowest = 0;
  while (!isOver) {
    const startedMs = performance.now();
    const answer = await fetch(`http://127.0.0.1:${ground.gateway.port}/healthz`);
    await answer.arrayBuffer();
    slowest = Math.max(slowest, performance.now() - startedMs);
  }
  await over;
  return slowest;
}

const attack = (list: string) => `{"model":"m-1","max_tokens":10,"messages":[${list}]}`;

test('R-SEC-3: fear: one list of millions of items blocks the gateway for everybody', async () => {
  const ground = await gatewayGround(shared());
  const body = attack(`${'0,'.repeat(4_900_000)}0`);
  const asked = Promise.all(Array.from({ length: 3 }, () => ask(ground, { body })));
  // Hashing every item took eight seconds per request.
  expect(await slowestMs(ground, asked)).toBeLessThan(3_000);
  for (const reply of await asked) {
    expect(reply).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'bad_request' } });
    expect(reply.body).toContain('5000 messages or tools');
  }
});

test.each([
  [
    'millions of values below the lists',
    attack(`{"role":"user","content":[${'[],'.repeat(300_000)}0]}`),
    'JSON values',
  ],
  [
    'a conversation longer than any model reads',
    message({ system: 'a b'.repeat(2_500_000) }),
    'besides images',
  ],
])('R-SEC-3: %s is refused with a message', async (_what, body, words) => {
  const reply = await ask(await gatewayGround(shared()), { body });
  expect(reply).toMatchObject({ status: 400 });
  expect(reply.body).toContain(words);
});

test('R-SEC-3: a large picture and a long conversation are accepted, and reach the provider unchanged', async () => {
  const ground = await gatewayGround(shared(), { nanoUsd: 5n * dollar });
  const data = 'iVBORw0KGgo'.repeat(700_000);
  const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
  const messages = Array.from({ length: 4_000 }, (_, n) => ({
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: n === 0 ? [picture] : `Turn ${n} says "so" \\ and no more.`,
  }));
  const body = message({ messages, service_tier: 'standard_only', thinking: { type: 'disabled' } });
  expect(await ask(ground, { body })).toMatchObject({ status: 200 });
  expect(ground.provider.received[0]?.body).toBe(body);
});

test('R-BUD-4: a large request that is granted less than it asks for is sent with the granted limit', async () => {
  const ground = await gatewayGround(shared(), { nanoUsd: dollar });
  const reply = await ask(ground, { body: message({ max_tokens: 60_000, system: 'word '.repeat(30_000) }) });
  expect(reply).toMatchObject({ status: 200 });
  const sent = JSON.parse(ground.provider.received[0]?.body ?? '{}') as {
    max_tokens: number;
    system: string;
  };
  expect(sent.max_tokens).toBeGreaterThan(4_000);
  expect(sent.max_tokens).toBeLessThan(60_000);
  expect(sent.system).toHaveLength(150_000);
});

function unfinished({ gateway, key }: Ground): Socket {
  const socket = connect(gateway.port, '127.0.0.1');
  const head = `POST /s/${key.id}/scripted/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${key.secret}`;
  socket.on('error', () => undefined);
  socket.write(`${head}\r\ncontent-length: 5000\r\n\r\n{`);
  onTestFinished(() => void socket.destroy());
  return socket;
}

test('R-SEC-3: fear: unfinished requests of one session take every slot that others need', async () => {
  const ground = await gatewayGround(shared());
  const other = { ...ground, key: await aKey(shared(), dollar) };
  other.base = ground.base.replace(ground.key.id, other.key.id);
  const refused: Socket[] = [];
  for (let n = 0; n < 300; n += 1) {
    const socket = unfinished(ground);
    socket.once('data', () => refused.push(socket));
  }
  await until('the ones that are too many are sent away', () => refused.length >= 236);
  expect(await ask(other)).toMatchObject({ status: 200 });
  expect(await ask(ground)).toMatchObject({ status: 503, headers: { 'x-moose-refused': 'overloaded' } });
});

test('R-SEC-3: fear: a body that arrives slowly keeps its slot for a minute', async () => {
  const ground = await gatewayGround(shared(), { limits: { bodyMs: 200 } });
  const socket = unfinished(ground);
  const [said] = (await once(socket, 'data')) as [Buffer];
  expect(said.toString()).toMatch(/^HTTP\/1\.1 408 /);
});

test('R-BUD-7: fear: a stopped session keeps sending large requests, and each of them is read', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { brake: { failuresMax: 2, repeatsMax: 9, burstCallsMax: 50, burstMs: 1_000, keysMax: 10 } },
  });
  for (let n = 0; n < 2; n += 1) expect(await ask(ground, { body: '[]' })).toMatchObject({ status: 400 });
  const socket = unfinished(ground);
  const [said] = (await once(socket, 'data')) as [Buffer];
  expect(said.toString()).toContain('moose: braked');
});

test('R-SEC-3: fear: a request that takes forever to read blocks its thread', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { reading: { threadsMax: 2, cpuMs: 1, waitMs: 60_000, idleMs: 1_000, heapMbMax: 512 } },
  });
  // Also a fast machine needs several times the limit to read this.
  const large = message({ system: 'word '.repeat(500_000) });
  const refused = await ask(ground, { body: large });
  expect(refused).toMatchObject({ status: 400 });
  expect(refused.body).toContain('takes too long');
  expect(await ask(ground)).toMatchObject({ status: 200 });
});

test('R-SEC-3: fear: a stopped session that immediately calls again takes the time of the others', async () => {
  const brake = { ...gatewayLimits.brake, failuresMax: 2 };
  const ground = await gatewayGround(shared(), { limits: { brake, slowRefusalMs: 400, slowRefusalsMax: 4 } });
  for (let n = 0; n < 2; n += 1) await ask(ground, { body: '[]' });
  const startedMs = performance.now();
  const inTurn = async () => {
    for (let n = 0; n < 3; n += 1)
      expect(await ask(ground)).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'braked' } });
  };
  await Promise.all(Array.from({ length: 4 }, inTurn));
  expect(performance.now() - startedMs).toBeGreaterThan(3 * 400);
  // If too many clients wait, further ones are answered immediately; a client that leaves frees its slot.
  const waiting = Array.from({ length: 4 }, () => unfinished(ground));
  for (const socket of waiting) socket.once('connect', () => setTimeout(() => socket.destroy(), 100));
  await Promise.all(waiting.map((socket) => once(socket, 'close')));
  expect(await ask(ground)).toMatchObject({ headers: { 'x-moose-refused': 'braked' } });
});

test('a gateway that closes immediately answers clients that wait for a refusal', async () => {
  const brake = { ...gatewayLimits.brake, failuresMax: 2 };
  const ground = await gatewayGround(shared(), { limits: { brake, slowRefusalMs: 60_000 } });
  for (let n = 0; n < 2; n += 1) await ask(ground, { body: '[]' });
  const answer = ask(ground).catch(() => 'cut off');
  await until('it waits', () => ground.gateway.calls() > 0);
  await ground.gateway.close(100);
  await answer;
});
