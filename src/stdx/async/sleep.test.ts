import { expect, test } from 'vitest';
import { assertNever } from '../assert-never.ts';
import { sleep } from './sleep.ts';

const longMs = 60_000;

test('a sleep ends at once with the reason of its signal, before it has begun or in the middle', async () => {
  const reason = new Error('enough');
  await expect(sleep(longMs, AbortSignal.abort(reason))).rejects.toBe(reason);
  const stop = new AbortController();
  const asleep = sleep(longMs, stop.signal);
  stop.abort(reason);
  await expect(asleep).rejects.toBe(reason);
});

test('what is no signal is refused, and not slept over', async () => {
  const odd = { aborted: false, throwIfAborted: () => undefined };
  await expect(sleep(longMs, odd as unknown as AbortSignal)).rejects.toBeInstanceOf(TypeError);
});

test('a branch that the types rule out says what came there', () => {
  expect(() => assertNever({ odd: 1 } as never)).toThrow('Unreachable: {"odd":1}');
});
