import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ask, callRows, gatewayGround, theCall, theWindow } from './gateway-ground.fixture.ts';
import { message, messageRest, messageStart, wholeMessage } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

test("R-BUD-3: a call is reserved, forwarded with only the real key, passed on, and settled by the provider's usage", async () => {
  const database = shared();
  const ground = await gatewayGround(database);
  const reply = await ask(ground, {
    headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'effort-2025-11-24' },
  });
  expect(reply).toMatchObject({ status: 200, body: wholeMessage(), isWhole: true });
  const [received] = ground.provider.received;
  expect(received).toMatchObject({
    method: 'POST',
    url: '/v1/messages',
    body: message({ service_tier: 'standard_only' }),
    headers: {
      'x-api-key': 'the-real-key',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'effort-2025-11-24',
      'accept-encoding': 'identity',
    },
  });
  expect(JSON.stringify(received?.headers)).not.toContain(ground.key.secret);
  // 100 tokens at $3 and 50 at $15 a million.
  expect(await theCall(database)).toMatchObject({
    id: reply.headers['x-moose-call-id'],
    status: 'settled',
    actualNanoUsd: 300_000n + 750_000n,
    model: 'scripted/m-1',
    priceVersion: 'test-1',
    httpStatus: 200,
    failure: null,
    inputTokens: 100n,
    outputTokens: 50n,
  });
  expect(await theWindow(database)).toMatchObject({ spentNanoUsd: 1_050_000n, presumedNanoUsd: 0n });
  expect(ground.logged).toEqual([]);
});

test('R-BUD-3: a stream is passed on byte for byte as it arrives, however it is chunked', async () => {
  const database = shared();
  const text = messageStart() + messageRest();
  const ground = await gatewayGround(database, {
    behave: async (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'r-1' });
      for (const byte of Buffer.from(text)) {
        if (!answer.write(Buffer.of(byte))) await new Promise((resolve) => answer.once('drain', resolve));
        await new Promise(setImmediate);
      }
      answer.end();
    },
  });
  const reply = await ask(ground, { body: message({ stream: true }) });
  expect(reply).toMatchObject({ status: 200, body: text, isWhole: true });
  expect(reply.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-request-id': 'r-1' });
  expect(await theCall(database)).toMatchObject({
    status: 'settled',
    actualNanoUsd: 1_050_000n,
    isStream: true,
  });
});

test('R-BUD-6: a key that does not belong to the path is refused, and nothing is read, sent or written', async () => {
  const database = shared();
  const ground = await gatewayGround(database);
  const reply = await ask(ground, { key: 'moose-another' });
  expect(reply).toMatchObject({ status: 401, headers: { 'x-moose-refused': 'authentication' } });
  expect(JSON.parse(reply.body)).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
  expect(ground.provider.received).toEqual([]);
  expect(await callRows(database)).toEqual([]);
});
