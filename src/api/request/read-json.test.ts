import { expect, onTestFinished, test } from 'vitest';
import { collectGarbage } from '../../../test/collect-garbage.ts';
import { readBody } from './read-json.ts';

const megabyte = new Uint8Array(1024 * 1024).fill(32);
const bytesMax = 5 * megabyte.length;

/** A body that somebody sends bit by bit. */
function sending() {
  let sender: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      sender = controller;
    },
  });
  const request = new Request('http://localhost', { method: 'POST', body: stream, duplex: 'half' });
  const read = readBody(request, bytesMax).then(
    ({ length }) => length,
    (cause: { code: string }) => cause.code,
  );
  let isOver = false;
  const end = () => {
    if (!isOver) sender?.close();
    isOver = true;
    return read;
  };
  onTestFinished(async () => void (await end()));
  return { send: (chunk: Uint8Array) => sender?.enqueue(chunk), end };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('R-SEC-3: fear: many strangers begin a large body, and never end it, until the memory is full', async () => {
  const arrayBuffers = () => {
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const before = arrayBuffers();
  const all = [];
  for (let n = 0; n < 100; n += 1) {
    const body = sending();
    for (let part = 0; part < 4; part += 1) body.send(megabyte);
    all.push(body);
    await turn();
  }
  await expect.poll(() => arrayBuffers() - before).toBeLessThan(130 * megabyte.length);
  // The newest is read, and whoever began first is asked to come again.
  expect(await all.at(-1)?.end()).toBe(4 * megabyte.length);
  expect(await all.at(0)?.end()).toBe('BODIES_TOO_MANY');
  await Promise.all(all.map(({ end }) => end()));
  const next = sending();
  next.send(megabyte);
  expect(await next.end()).toBe(megabyte.length);
});

test('a body that comes byte by byte is read, and one byte too many is refused', async () => {
  const small = sending();
  for (let n = 0; n < 20_000; n += 1) small.send(megabyte.subarray(0, 1));
  expect(await small.end()).toBe(20_000);
  const large = sending();
  for (let n = 0; n < 5; n += 1) large.send(megabyte);
  large.send(megabyte.subarray(0, 1));
  expect(await large.end()).toBe('BODY_TOO_LARGE');
});
