// When the ledger is unavailable, no call is made that could not be booked, and no call that was made is forgotten
// (R-BUD-2).
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { databaseRelay } from '../../test/database-relay.ts';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import {
  ask,
  begin,
  callRows,
  type GroundOptions,
  gatewayGround,
  health,
  readReply,
  theCall,
  theWindow,
} from './gateway-ground.fixture.ts';
import { beginsStream, message, messageRest, wholeMessage } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();
const body = message({ stream: true });
/** A busy machine must book a call within it; a test in which the ledger stays away waits that long. */
const ledgerMs = 3_000;

async function relayed(options: GroundOptions = {}) {
  const relay = await databaseRelay(shared().url);
  const limits = { lastBookingMs: 100, ...options.limits };
  const ground = await gatewayGround(relay.database, { ...options, limits });
  return { relay, ground };
}

async function halfAnswered(options: GroundOptions = {}, headers: Record<string, string> = {}) {
  const begun = Promise.withResolvers<ServerResponse>();
  const made = await relayed({
    behave: (_request, answer) => {
      beginsStream(answer);
      begun.resolve(answer);
    },
    ...options,
  });
  const heard = await begin(made.ground, { body, headers });
  await until('a hold that has shrunk', async () =>
    (await callRows(shared())).some(({ reservedNanoUsd }) => reservedNanoUsd === 30_660_000n),
  );
  // The gateway knows it later than the database.
  await until('nothing left to book', async () => (await health(made.ground)).unbooked === 0);
  return { ...made, heard, answer: await begun.promise };
}

test('R-BUD-2: without the ledger nothing is sent, and the client is told when to retry', async () => {
  const { relay, ground } = await relayed({ limits: { ledgerMs } });
  expect(await ask(ground)).toMatchObject({ status: 200 });
  await relay.cut();
  const reply = await ask(ground);
  expect(reply).toMatchObject({
    status: 503,
    headers: { 'x-moose-refused': 'ledger_away', 'retry-after': '5' },
  });
  expect(JSON.parse(reply.body)).toMatchObject({
    type: 'error',
    error: { message: expect.stringContaining('moose: ledger_away') },
  });
  expect(ground.provider.received).toHaveLength(1);
  await relay.mend();
  expect(await ask(ground)).toMatchObject({ status: 200 });
  await until('all booked', async () => (await callRows(shared())).every(({ status }) => status !== 'sent'));
  expect(await theWindow(shared())).toMatchObject({ spentNanoUsd: 2n * 1_050_000n, presumedNanoUsd: 0n });
});

test('fear: a draw that succeeds after its call was given up holds its money forever', async () => {
  const { relay, ground } = await relayed({ limits: { ledgerMs } });
  expect(await ask(ground)).toMatchObject({ status: 200 });
  relay.freeze();
  expect(await ask(ground)).toMatchObject({ status: 503, headers: { 'x-moose-refused': 'ledger_away' } });
  await relay.mend();
  const rows = await until('two calls that are over', async () => {
    const found = await callRows(shared());
    return found.length === 2 && found.every(({ status }) => status !== 'sent') && found;
  });
  expect(rows.map(({ status }) => status)).toEqual(['settled', 'cancelled']);
  expect(ground.provider.received).toHaveLength(1);
  const [envelope] = await shared()
    .query.selectFrom('costTracking')
    .select('drawnOpenNanoUsd')
    .where('type', '=', 'reservation')
    .execute();
  expect(envelope?.drawnOpenNanoUsd).toBe(0n);
});

test('R-BUD-2: the gateway neither connects nor sends a byte to the provider before the ledger has answered', async () => {
  const { relay, ground } = await relayed();
  let connections = 0;
  expect(await ask(ground)).toMatchObject({ status: 200 });
  ground.provider.behave = (request, answer) => {
    connections += 1;
    expect(request.method).toBe('POST');
    answer.writeHead(200, { 'content-type': 'application/json' }).end(wholeMessage());
  };
  relay.freeze();
  const reply = ask(ground);
  await until('a call that waits', () => ground.gateway.calls() === 1);
  // Anything that was sent too early has arrived after these round trips.
  for (let times = 0; times < 20; times += 1) await health(ground);
  expect(connections).toBe(0);
  await relay.mend();
  expect(await reply).toMatchObject({ status: 200 });
  expect(connections).toBe(1);
});

test('R-BUD-2: an answer that ends while the ledger is unavailable is passed on, and settled later', async () => {
  const { relay, ground, heard, answer } = await halfAnswered();
  await relay.cut();
  answer.end(messageRest());
  expect(await readReply(heard)).toMatchObject({ status: 200, isWhole: true });
  expect((await health(ground)).unbooked).toBe(1);
  expect(await callRows(shared())).toMatchObject([{ status: 'sent' }]);
  await relay.mend();
  expect(await theCall(shared())).toMatchObject({ status: 'settled', actualNanoUsd: 1_050_000n });
  await until('nothing left to book', async () => (await health(ground)).unbooked === 0);
});

test('fear: calls that cannot be booked pile up while the ledger is unavailable', async () => {
  const { relay, ground, heard, answer } = await halfAnswered({ limits: { unbookedMax: 1 } });
  await relay.cut();
  answer.end(messageRest());
  await readReply(heard);
  await until('one that is not booked', async () => (await health(ground)).unbooked === 1);
  await relay.mend();
  expect([200, 503]).toContain((await ask(ground)).status);
  expect(await until('nothing left to book', async () => (await health(ground)).unbooked === 0)).toBe(true);
});

test('R-BUD-2: if the client asks for it, its answer ends only after the ledger has the call', async () => {
  const { relay, heard, answer } = await halfAnswered({}, { 'x-moose-settle': 'before-end' });
  relay.freeze();
  let isEnded = false;
  const reply = readReply(heard).finally(() => {
    isEnded = true;
  });
  answer.end(messageRest());
  await once(answer, 'close');
  expect(isEnded).toBe(false);
  await relay.mend();
  expect(await reply).toMatchObject({ isWhole: true, body: expect.stringContaining('message_stop') });
  expect(await callRows(shared())).toMatchObject([{ status: 'settled' }]);
});

test('R-BUD-2: that wait for the ledger has a limit', async () => {
  const { relay, heard, answer } = await halfAnswered(
    { limits: { settleMs: 100 } },
    { 'x-moose-settle': 'before-end' },
  );
  await relay.cut();
  answer.end(messageRest());
  expect(await readReply(heard)).toMatchObject({ isWhole: true });
});

test('R-BUD-2: a single-document answer is also settled before its last byte is sent', async () => {
  const { ground } = await relayed();
  const reply = await ask(ground, { headers: { 'x-moose-settle': 'before-end' } });
  expect(reply).toMatchObject({ status: 200, body: wholeMessage() });
  expect(await callRows(shared())).toMatchObject([
    { status: 'settled', id: reply.headers['x-moose-call-id'] },
  ]);
  expect(ground.provider.received[0]?.headers['x-moose-settle']).toBeUndefined();
});

test('a gateway that closes while the ledger is unavailable reports that not everything is booked', async () => {
  const { relay, ground, heard, answer } = await halfAnswered();
  await relay.cut();
  answer.end(messageRest());
  await readReply(heard);
  expect(await ground.gateway.close(100)).toBe(false);
});
