// A client that reads slowly slows the provider down and fills no memory; a client that stops reading counts as
// disconnected.
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { begin, gatewayGround, readReply, theCall } from './gateway-ground.fixture.ts';
import { beginsStream, message, messageRest, messageStart } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();
const body = message({ stream: true });
const mebibyte = 1_024 * 1_024;
const filler = `: ${'x'.repeat(64 * 1_024)}\n\n`;
const fillersMax = 800;

/** A provider that writes for as long as its data is read, and records how much it wrote. */
function pours(count: number) {
  const poured = { bytes: 0, isOver: false };
  const behave = async (_request: unknown, answer: ServerResponse) => {
    beginsStream(answer);
    for (let times = 0; times < count && !answer.destroyed; times += 1) {
      poured.bytes += filler.length;
      if (!answer.write(filler)) await drained(answer);
    }
    answer.end(messageRest());
    poured.isOver = true;
  };
  return { poured, behave };
}

function drained(answer: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      answer.off('drain', over);
      answer.off('close', over);
      resolve();
    };
    answer.on('drain', over);
    answer.on('close', over);
  });
}

test('fear: an answer that its client does not read is collected in memory', async () => {
  const { poured, behave } = pours(fillersMax);
  const ground = await gatewayGround(shared(), { behave });
  const answer = await begin(ground, { body });
  answer.pause();
  let before = -1;
  await until('a provider that waits', () => {
    const isStill = poured.bytes === before;
    before = poured.bytes;
    return isStill && poured.bytes > 0;
  });
  // The buffers of four sockets and two streams hold less than this.
  expect(poured.isOver).toBe(false);
  expect(poured.bytes).toBeLessThan(24 * mebibyte);
  const reply = await readReply(answer);
  expect(reply.isWhole).toBe(true);
  expect(reply.body.length).toBe((messageStart() + filler.repeat(fillersMax) + messageRest()).length);
  expect(await theCall(shared())).toMatchObject({ status: 'settled' });
});

test('R-BUD-5: a client that stops reading counts as disconnected; its answer is read to the end and settled', async () => {
  const { behave } = pours(fillersMax / 4);
  const ground = await gatewayGround(shared(), { behave, limits: { stallMs: 100 } });
  const answer = await begin(ground, { body });
  answer.on('error', () => undefined);
  answer.pause();
  expect(await theCall(shared())).toMatchObject({ status: 'settled', failure: 'client_gone' });
  answer.destroy();
});
