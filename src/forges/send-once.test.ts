import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { readBody } from './send-once.ts';

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
