// A call that does not fit waits, is shortened, or is refused (R-BUD-4).
import type { ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import {
  aKey,
  ask,
  begin,
  callRows,
  type Ground,
  gatewayGround,
  readReply,
  send,
  theWindow,
} from '../gateway-ground.fixture.ts';
import { gatewayLimits } from '../limits.ts';
import { answersMessage, beginsStream, message, messageRest } from '../scripted-provider.fixture.ts';

const shared = sharedDatabase();
/** A request that says that the model does not think, so that nothing is reserved beside its answer. */
const plain = (given: Record<string, unknown> = {}) => message({ thinking: { type: 'disabled' }, ...given });
/** Slightly more than the amount reserved for `plain()`: 1,000 output tokens cost 1.5 cents. */
const roomForOne = 30_000_000n;

const body = plain({ stream: true });

/** A first call that has started to answer, and holds nearly all of the envelope. */
async function heldBy(first: string, options: Parameters<typeof gatewayGround>[1] = {}) {
  const begun = Promise.withResolvers<ServerResponse>();
  const ground = await gatewayGround(shared(), {
    nanoUsd: roomForOne,
    behave: (_request, answer) => begun.resolve(answer),
    ...options,
  });
  const request = send(ground, { body: first });
  const answer = await begun.promise;
  ground.provider.behave = answersMessage();
  return { ground, request, answer };
}

test('R-BUD-4: a call waits for money that another call releases at its end, and is then sent', async () => {
  const { ground, answer } = await heldBy(body, { limits: { headroomLookEveryMs: 60_000 } });
  const second = ask(ground, { body: plain() });
  await until('two calls', () => ground.gateway.calls() === 2);
  expect(ground.provider.received).toHaveLength(1);
  beginsStream(answer);
  answer.end(messageRest());
  expect(await second).toMatchObject({ status: 200 });
});

test('R-GO-6: a call that does not fit as it is asks for an answer as long as nearly all are, and does not wait', async () => {
  const { ground } = await heldBy(plain({ stream: true, max_tokens: 100 }), {
    limits: { headroomMs: 600_000, outputTokensScarce: 1_000 },
  });
  expect(await ask(ground, { body: plain({ max_tokens: 9_000 }) })).toMatchObject({ status: 200 });
  expect(await ask(ground, { body: plain({ max_tokens: 900 }) })).toMatchObject({ status: 200 });
  const limits = ground.provider.received.map(({ body: sent }) => JSON.parse(sent).max_tokens);
  expect(limits).toEqual([100, 1_000, 900]);
});

test('R-BUD-4: a call waits only until another call knows the length of its input', async () => {
  const long = plain({ stream: true, max_tokens: 100, system: 'x'.repeat(5_000) });
  const { ground, answer } = await heldBy(long, { limits: { headroomLookEveryMs: 60_000 } });
  const second = ask(ground, { body: plain({ max_tokens: 1_300 }) });
  await until('two calls', () => ground.gateway.calls() === 2);
  beginsStream(answer, { input: 700 });
  expect(await second).toMatchObject({ status: 200 });
  expect(ground.gateway.calls()).toBe(1);
  answer.end(messageRest());
});

test('R-BUD-4: money that another process releases is found too', async () => {
  const { ground } = await heldBy(body, { limits: { headroomLookEveryMs: 20 } });
  const second = ask(ground, { body: plain() });
  await until('two calls', () => ground.gateway.calls() === 2);
  await sql`update cost_tracking set reserved_nano_usd = reserved_nano_usd * 2 where type = 'reservation'`.execute(
    shared().query,
  );
  expect(await second).toMatchObject({ status: 200 });
});

test('R-BUD-4: a call that still does not fit is refused in the words of its protocol, with a status that nobody retries', async () => {
  const { ground } = await heldBy(body, { limits: { headroomMs: 80 } });
  const reply = await ask(ground, { body: plain() });
  expect(reply).toMatchObject({
    status: 400,
    headers: { 'x-moose-refused': 'budget_exceeded', 'x-should-retry': 'false' },
  });
  expect(JSON.parse(reply.body)).toMatchObject({ type: 'error', error: { type: expect.any(String) } });
  expect(reply.body).toContain('moose: budget_exceeded: The call could cost more');
  expect(ground.provider.received).toHaveLength(1);
  const refusal = await until('the refusal on record', async () =>
    (await callRows(shared())).find(({ failure }) => failure === 'budget_exceeded'),
  );
  expect(refusal).toMatchObject({ httpStatus: 400, actualNanoUsd: 0n, model: 'scripted/m-1' });
});

test('R-BUD-4: with nothing to wait for, the answer is shortened to what the money pays for', async () => {
  const ground = await gatewayGround(shared(), { nanoUsd: 100_000_000n });
  expect(await ask(ground, { body: plain({ max_tokens: 60_000 }) })).toMatchObject({ status: 200 });
  const sent = JSON.parse(ground.provider.received[0]?.body ?? '{}');
  // $0.10 at $15 a million tokens, minus a little for the input.
  expect(sent.max_tokens).toBeGreaterThan(4_096);
  expect(sent.max_tokens).toBeLessThan(6_667);
});

test('R-BUD-4: an answer is not shortened below a useful length: the call is refused immediately, although others may release money', async () => {
  const { ground } = await heldBy(body, { limits: { headroomMs: 600_000 } });
  const reply = await ask(ground, { body: plain({ max_tokens: 60_000 }) });
  expect(reply).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'budget_exceeded' } });
});

test('R-BUD-3: a request without a limit gets one, and no limit is above the maximum', async () => {
  const ground = await gatewayGround(shared(), {
    limits: { outputTokensDefault: 700, outputTokensMax: 900 },
  });
  await ask(ground, { body: plain({ max_tokens: undefined }) });
  await ask(ground, { body: plain({ max_tokens: 50_000 }) });
  await ask(ground, { body: plain({ max_tokens: 20 }) });
  const limits = ground.provider.received.map(({ body: sent }) => JSON.parse(sent).max_tokens);
  expect(limits).toEqual([700, 900, 20]);
});

const manyAtOnce = {
  headroomLookEveryMs: 50,
  brake: { ...gatewayLimits.brake, burstCallsMax: 1_000, repeatsMax: 1_000 },
};

test('R-BUD-2: with 64 clients on one envelope, each is served, and the reservations never exceed the money', async () => {
  const database = shared();
  const nanoUsd = 100_000_000n;
  const ground = await gatewayGround(database, { nanoUsd, limits: manyAtOnce });
  const worst: bigint[] = [];
  ground.provider.behave = async (request, answer) => {
    const [envelope] = await database.query
      .selectFrom('costTracking')
      .select(['drawnOpenNanoUsd', 'drawnSpentNanoUsd', 'drawnPresumedNanoUsd'])
      .where('type', '=', 'reservation')
      .execute();
    if (envelope)
      worst.push(envelope.drawnOpenNanoUsd + envelope.drawnSpentNanoUsd + envelope.drawnPresumedNanoUsd);
    answersMessage()(request, answer);
  };
  const replies = await Promise.all(Array.from({ length: 64 }, () => ask(ground, { body: plain() })));
  const statuses = Map.groupBy(replies, ({ status }) => status);
  expect([...statuses.keys()]).toEqual([200]);
  expect(worst.every((held) => held <= nanoUsd)).toBe(true);
  await until('all settled', async () =>
    (await callRows(database)).every(({ status }) => status === 'settled'),
  );
  expect((await theWindow(database)).spentNanoUsd).toBe(64n * 1_050_000n);
});

test('R-BUD-2: with too little money for 64 clients, as many as fit are served, and the rest are told that it is spent', async () => {
  const database = shared();
  // Each call costs 1,050,000 in the end, and reserves about 19,000,000 while it is in flight.
  const ground = await gatewayGround(database, { nanoUsd: 40_000_000n, limits: manyAtOnce });
  const replies = await Promise.all(Array.from({ length: 64 }, () => ask(ground, { body: plain() })));
  const served = replies.filter(({ status }) => status === 200).length;
  const refused = replies.filter(({ headers }) => headers['x-moose-refused'] === 'budget_exceeded').length;
  expect(served + refused).toBe(64);
  expect(served).toBeGreaterThan(15);
  await until('all booked', async () => (await callRows(database)).every(({ status }) => status !== 'sent'));
  expect((await theWindow(database)).spentNanoUsd).toBe(BigInt(served) * 1_050_000n);
});

test('R-BUD-3: a model without a price is refused, and its client is told what to do', async () => {
  const ground = await gatewayGround(shared());
  const reply = await ask(ground, { body: plain({ model: 'unknown-model' }) });
  expect(reply).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'unpriced' } });
  expect(reply.body).toContain('scripted/unknown-model');
  expect(reply.body).toContain('MOOSE_PRICES');
  expect(ground.provider.received).toEqual([]);
});

test('R-BUD-3: counting tokens is free and reserves nothing, but needs a valid key', async () => {
  const ground = await gatewayGround(shared(), {
    nanoUsd: 1n,
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":9}');
    },
  });
  const path = '/v1/messages/count_tokens';
  expect(await ask(ground, { path })).toMatchObject({ status: 200, body: '{"input_tokens":9}' });
  await revoke(ground);
  expect(await ask(ground, { path })).toMatchObject({ status: 401 });
  expect(await callRows(shared())).toEqual([]);
});

async function revoke({ database, key }: Ground): Promise<void> {
  await database.query
    .updateTable('gatewayKeys')
    .set({ revokedAt: new Date() })
    .where('id', '=', key.id)
    .execute();
}

test('R-BUD-6: if a key is revoked during an answer, that answer is paid for and ends, and the next call is refused', async () => {
  const begun = Promise.withResolvers<ServerResponse>();
  const ground = await gatewayGround(shared(), {
    behave: (_request, answer) => {
      beginsStream(answer);
      begun.resolve(answer);
    },
  });
  const answer = await begin(ground, { body });
  await revoke(ground);
  (await begun.promise).end(messageRest());
  expect(await readReply(answer)).toMatchObject({ status: 200, isWhole: true });
  expect(await ask(ground, { body: plain() })).toMatchObject({ status: 401 });
  const rows = await until('the call settled', async () => {
    const found = await callRows(shared());
    return found.some(({ status }) => status === 'settled') && found;
  });
  expect(rows.filter(({ status }) => status === 'settled')).toHaveLength(1);
});

test("R-BUD-6: one session's key is not valid on another session's path", async () => {
  const ground = await gatewayGround(shared());
  const other = await aKey(shared(), 1_000_000_000n);
  expect(await ask(ground, { key: other.secret })).toMatchObject({ status: 401 });
  // The key is rejected even after both keys have been used.
  expect(await ask(ground, { body: plain() })).toMatchObject({ status: 200 });
  expect(
    await ask({ ...ground, key: other, base: ground.base.replace(ground.key.id, other.id) }),
  ).toMatchObject({ status: 200 });
  expect(await ask(ground, { key: other.secret })).toMatchObject({ status: 401 });
});
