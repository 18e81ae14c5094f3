// A client that hangs up does not end the accounting (R-BUD-5).
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import type { CallLedger } from '../engine/run/budget/call-ledger.ts';
import { openCallLedger } from '../engine/run/budget/open-call-ledger.ts';
import { until } from '../stdx/async/until.fixture.ts';
import {
  begin,
  callRows,
  type GroundOptions,
  gatewayGround,
  health,
  send,
  theCall,
  theWindow,
} from './gateway-ground.fixture.ts';
import { beginsStream, message, messageRest } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();
const body = message({ stream: true });

/** A provider that has started its answer and continues when the test says so. */
async function halfAnswered(options: GroundOptions = {}) {
  const begun = Promise.withResolvers<ServerResponse>();
  const ground = await gatewayGround(shared(), {
    behave: (_request, answer) => {
      beginsStream(answer);
      begun.resolve(answer);
    },
    ...options,
  });
  return { ground, begun: begun.promise };
}

test('R-BUD-5: after a client disconnects, its answer is read to the end and settled', async () => {
  const { ground, begun } = await halfAnswered();
  const heard = await begin(ground, { body });
  heard.on('error', () => undefined);
  heard.destroy();
  const answer = await begun;
  await until('an answer that is read for nobody', async () => (await health(ground)).drains === 1);
  answer.end(messageRest());
  expect(await theCall(shared())).toMatchObject({
    status: 'settled',
    actualNanoUsd: 1_050_000n,
    failure: 'client_gone',
    httpStatus: 200,
  });
});

test('fear: a call whose client leaves while its key is checked never ends, and neither does the gateway', async () => {
  const asked = Promise.withResolvers<void>();
  const known = Promise.withResolvers<'valid'>();
  const ledger: CallLedger = {
    ...openCallLedger(shared()),
    verifyKey: () => {
      asked.resolve();
      return known.promise;
    },
  };
  const ground = await gatewayGround(shared(), { ledger });
  const request = send(ground, { body });
  await asked.promise;
  const gone = new Promise((resolve) => request.once('close', resolve));
  request.destroy();
  await gone;
  // By the time that this request is answered, the server has seen the disconnect.
  expect(await health(ground)).toMatchObject({ calls: 1 });
  known.resolve('valid');
  await until('no call under way', async () => (await health(ground)).calls === 0);
  expect(await callRows(shared())).toEqual([]);
});

test('R-BUD-5: if the client leaves before the answer begins, the answer is still read', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  const ground = await gatewayGround(shared(), { behave: (_request, answer) => asked.resolve(answer) });
  const request = send(ground, { body });
  const answer = await asked.promise;
  request.destroy();
  await until('an answer that is read for nobody', async () => (await health(ground)).drains === 1);
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  beginsStreamBody(answer);
  expect(await theCall(shared())).toMatchObject({ status: 'settled', actualNanoUsd: 1_050_000n });
});

function beginsStreamBody(answer: ServerResponse): void {
  const usage = { input_tokens: 100, output_tokens: 1 };
  answer.write(
    `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: { usage } })}\n\n`,
  );
  answer.end(messageRest());
}

test('R-BUD-5: an answer without a client that does not end in time is given up, and presumed at what is reserved by then', async () => {
  const { ground, begun } = await halfAnswered({ limits: { drainMs: 60 } });
  const heard = await begin(ground, { body });
  heard.on('error', () => undefined);
  heard.destroy();
  const answer = await begun;
  await once(answer, 'close');
  expect(await theCall(shared())).toMatchObject({
    status: 'presumed',
    // What may be thought beside the answer, too.
    actualNanoUsd: 300_000n + 15_000_000n + 15_360_000n,
    failure: 'client_gone',
  });
  await until('no call', () => ground.gateway.calls() === 0);
});

test('R-BUD-5: the number of answers that are read without a client is limited', async () => {
  const { ground, begun } = await halfAnswered({ limits: { drainsMax: 0 } });
  const heard = await begin(ground, { body });
  heard.on('error', () => undefined);
  heard.destroy();
  await once(await begun, 'close');
  expect(await theCall(shared())).toMatchObject({ status: 'presumed', failure: 'client_gone' });
});

test('R-BUD-5: the size of an answer that is read without a client is limited', async () => {
  const { ground, begun } = await halfAnswered({ limits: { drainBytesMax: 10_000 } });
  const heard = await begin(ground, { body });
  heard.on('error', () => undefined);
  heard.destroy();
  const answer = await begun;
  const closed = once(answer, 'close');
  while (!answer.destroyed) {
    answer.write(`: ${'x'.repeat(2_000)}\n\n`);
    await Promise.race([new Promise(setImmediate), closed]);
  }
  expect(await theCall(shared())).toMatchObject({ status: 'presumed' });
});

test('R-BUD-2: if the client leaves before its call was sent, nothing is sent and the call costs nothing', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    nanoUsd: 40_000_000n,
    behave: (_request, answer) => beginsStream(answer),
    limits: { headroomLookEveryMs: 20 },
  });
  const first = await begin(ground, { body });
  first.on('error', () => undefined);
  // This call waits for headroom.
  const second = send(ground, { body: message({ max_tokens: 1_700, stream: true }) });
  await until('two calls', () => ground.gateway.calls() === 2);
  second.destroy();
  await until('one call', () => ground.gateway.calls() === 1);
  expect(ground.provider.received).toHaveLength(1);
  first.destroy();
  await until('one call', () => ground.gateway.calls() === 1);
  ground.provider.received[0]?.raw.socket.destroy();
  const rows = await until('no call under way', async () => {
    const found = await callRows(database);
    return found.every(({ status }) => status !== 'sent') && found;
  });
  expect(rows.filter(({ failure }) => failure === 'client_gone').length).toBeGreaterThan(0);
  expect((await theWindow(database)).spentNanoUsd).toBe(0n);
});
