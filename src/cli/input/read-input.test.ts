import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readInput } from './read-input.ts';
import { readText } from './read-text.ts';

const never = new AbortController().signal;

test('an input is read to its end, byte for byte', async () => {
  const parts = [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])];
  expect(await readInput(Readable.from(parts), never)).toEqual(Buffer.concat(parts));
});

test.each(['zero', 'urandom'])(
  'R-SEC-3: fear: an input without an end, /dev/%s, fills the memory',
  async (name) => {
    await expect(readText(`@/dev/${name}`, never)).rejects.toMatchObject({
      code: 'TEXT_UNREADABLE',
      message: expect.stringContaining('more than'),
    });
  },
);

test('R-UI-7: fear: Ctrl-C is ignored while a command waits for its input', async () => {
  const stop = new AbortController();
  const reading = readInput(new PassThrough(), stop.signal);
  stop.abort(new DOMException('Stopped by a signal', 'AbortError'));
  await expect(reading).rejects.toBe(stop.signal.reason);
});
