import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { type Fault, startFaultServer, unusedUrl } from '../../test/fault-server.ts';
import { readBody, sendOnce } from './send-once.ts';

async function* inPieces(text: string, bytes: number): AsyncGenerator<Uint8Array> {
  const whole = Buffer.from(text);
  for (let from = 0; from < whole.length; from += bytes) yield whole.subarray(from, from + bytes);
}

test('a body is the same in pieces of any size, and a tail is its end', async () => {
  const text = Array.from({ length: 20_000 }, (_, at) => `${at};`).join('');
  for (const bytes of [7, 1_000, 60_000, 1_000_000]) {
    const all = await readBody(inPieces(text, bytes), { keep: 'all', bytesMax: text.length });
    expect(all.body.toString() === text).toBe(true);
    expect(all.isCut).toBe(false);
    for (const bytesMax of [6, 16_384, 50_000]) {
      const tail = await readBody(inPieces(text, bytes), { keep: 'tail', bytesMax });
      expect(tail.body.toString() === text.slice(-bytesMax)).toBe(true);
      expect(tail.isCut).toBe(true);
    }
    const whole = await readBody(inPieces(text, bytes), { keep: 'tail', bytesMax: text.length });
    expect([whole.body.length, whole.isCut]).toEqual([text.length, false]);
    await expect(
      readBody(inPieces(text, bytes), { keep: 'all', bytesMax: text.length - 1 }),
    ).rejects.toMatchObject({ reason: 'too large' });
  }
});

test('fear: an answer in tiny pieces takes far more memory than its bytes', async () => {
  const read: WeakRef<ArrayBufferLike>[] = [];
  let kept = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < 300; count += 1) {
      // Like a socket: one large buffer, of which an HTTP chunk is a small part.
      const buffer = new Uint8Array(64 * 1024).fill(count);
      read.push(new WeakRef(buffer.buffer));
      yield buffer.subarray(0, 10);
    }
    await setImmediate();
    collectGarbage();
    await setImmediate();
    kept = read.filter((each) => each.deref() !== undefined).length;
  }
  expect((await readBody(pieces(), { keep: 'all', bytesMax: 16 * 1024 * 1024 })).body).toHaveLength(3_000);
  expect(kept).toBeLessThan(30);
});

test('of an endless answer, the head is read, and then its source is closed', async () => {
  let isClosed = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from('0123456789');
    } finally {
      isClosed = true;
    }
  }
  expect(await readBody(endless(), { keep: 'head', bytesMax: 25 })).toEqual({
    body: Buffer.from('0123456789012345678901234'),
    isCut: true,
  });
  expect(isClosed).toBe(true);
});

test('a failure says whether the host may have received the request', async () => {
  const serve = async (fault: Fault) => {
    const server = await startFaultServer(fault);
    onTestFinished(() => server.stop());
    return server.url;
  };
  const post = (url: string) =>
    sendOnce({
      method: 'POST',
      url: new URL(url),
      headers: {},
      body: 'x',
      timeoutMs: 300,
      keep: 'all',
      bytesMax: 100,
      signal: undefined,
    });
  const isPlain = (await serve({ kind: 'reply', status: 200 })).replace('http:', 'https:');
  for (const url of [await unusedUrl(), 'http://moose.invalid', isPlain])
    await expect(post(url), url).rejects.toMatchObject({ reason: 'unreachable', mayHaveArrived: false });
  const lost = { kind: 'cut', body: 'half of an answer' } as const;
  for (const fault of [{ kind: 'reset' } as const, lost])
    await expect(post(await serve(fault))).rejects.toMatchObject({
      reason: 'unreachable',
      mayHaveArrived: true,
    });
  await expect(post(await serve({ kind: 'hang' }))).rejects.toMatchObject({
    reason: 'timeout',
    mayHaveArrived: true,
  });
  const endless = { reason: 'too large', mayHaveArrived: true };
  await expect(post(await serve({ kind: 'endless' }))).rejects.toMatchObject(endless);
});
