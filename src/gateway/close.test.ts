// A gateway that shuts down: no call is lost, and no call is left unbooked.
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { ask, begin, callRows, gatewayGround, readReply, send } from './gateway-ground.fixture.ts';
import { beginsStream, message, messageRest, messageStart } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();
const body = message({ stream: true });

async function halfAnswered() {
  const begun = Promise.withResolvers<ServerResponse>();
  const ground = await gatewayGround(shared(), {
    behave: (_request, answer) => {
      beginsStream(answer);
      begun.resolve(answer);
    },
  });
  const heard = await begin(ground, { body });
  return { ground, heard, answer: await begun.promise };
}

test('R-BUD-2: a call in flight may end, and is booked, before the gateway ends', async () => {
  const { ground, heard, answer } = await halfAnswered();
  const closed = ground.gateway.close(20_000);
  answer.end(messageRest());
  expect(await readReply(heard)).toMatchObject({ isWhole: true, body: messageStart() + messageRest() });
  expect(await closed).toBe(true);
  expect(await callRows(shared())).toMatchObject([{ status: 'settled', actualNanoUsd: 1_050_000n }]);
});

test('R-BUD-2: a call that does not end in time is aborted in the words of its protocol, and presumed', async () => {
  const { ground, heard } = await halfAnswered();
  const reply = readReply(heard);
  expect(await ground.gateway.close(50)).toBe(true);
  expect(await reply).toMatchObject({ isWhole: false });
  expect((await reply).body).toMatch(
    /event: error\ndata: .*moose: unreachable: The gateway is shutting down/,
  );
  expect(await callRows(shared())).toMatchObject([{ status: 'presumed', actualNanoUsd: 30_660_000n }]);
});

test('R-BUD-2: a call without an answer so far is answered, and presumed', async () => {
  const ground = await gatewayGround(shared(), { behave: () => undefined });
  const reply = ask(ground);
  await until('a call under way', () => ground.provider.received.length === 1);
  expect(await ground.gateway.close(50)).toBe(true);
  expect(await reply).toMatchObject({
    status: 503,
    headers: { 'x-moose-refused': 'unreachable', 'retry-after': '1' },
  });
  expect(await callRows(shared())).toMatchObject([{ status: 'presumed' }]);
});

test('R-BUD-2: a call that waits for headroom is refused, and costs nothing', async () => {
  const ground = await gatewayGround(shared(), { behave: () => undefined, nanoUsd: 45_000_000n });
  const first = send(ground);
  await until('a call under way', () => ground.provider.received.length === 1);
  const second = ask(ground);
  await until('two calls', () => ground.gateway.calls() === 2);
  expect(await ground.gateway.close(50)).toBe(true);
  expect(await second).toMatchObject({ status: 503, headers: { 'x-moose-refused': 'unreachable' } });
  first.destroy();
  const rows = await callRows(shared());
  expect(rows.filter(({ status }) => status === 'presumed')).toHaveLength(1);
});

test('fear: a gateway that is closing accepts a call and then aborts it', async () => {
  const { ground, heard, answer } = await halfAnswered();
  const closed = ground.gateway.close(20_000);
  await expect(ask(ground)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  answer.end(messageRest());
  await readReply(heard);
  expect(await closed).toBe(true);
});
