import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { TransientError } from '../domain/failure.ts';
import { pause, timerMsMax } from './cut-off.ts';
import { withTimeout } from './timeout.ts';

// 50 ms on an idle machine. Without the stop, the wait would take a minute.
const stopMsMax = 1_000;
const never = () => new AbortController().signal;
/** A call that ignores its signal. */
const deaf = () => new Promise<never>(() => {});
/** A call that rejects with its signal's reason. */
const obedient = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test.each([
  ['deaf', deaf],
  ['obedient', obedient],
])('fear: cancel and timeout cannot be told apart (of a %s call)', async (_, call) => {
  const cancel = new AbortController();
  const cancelled = withTimeout(60_000, cancel.signal, call);
  const abortedAtMs = performance.now();
  cancel.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(performance.now() - abortedAtMs).toBeLessThan(stopMsMax);
  await expect(withTimeout(5, never(), call)).rejects.toMatchObject({ code: 'TIMED_OUT', retryable: true });
});

test("a signal's own coded reason is kept, and the call sees it", async () => {
  const cancel = new AbortController();
  const reason = new TransientError({ code: 'STOPPING', component: 'a', operation: 'b', message: 'c.' });
  const seen = Promise.withResolvers<unknown>();
  const timed = withTimeout(60_000, cancel.signal, (signal) => {
    signal.addEventListener('abort', () => seen.resolve(signal.reason));
    return deaf();
  });
  cancel.abort(reason);
  await expect(timed).rejects.toBe(reason);
  expect(await seen.promise).toBe(reason);
});

test('nothing is called if the time is over before the call', async () => {
  let calls = 0;
  const call = async () => calls++;
  await expect(withTimeout(5, AbortSignal.abort(), call)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(calls).toBe(0);
});

test('fear: a limit longer than a timer ends immediately', async () => {
  // Node treats a delay that is too long for a timer as 1 ms.
  const callMs = 20;
  const soon = async () => {
    const endsAtMs = performance.now() + callMs;
    while (performance.now() < endsAtMs) await new Promise((resolve) => setImmediate(resolve));
    return 'value';
  };
  expect(await withTimeout(timerMsMax + 1, never(), soon)).toBe('value');
});

test('fear: each call leaves a listener on a long-lived signal', async () => {
  const { signal } = new AbortController();
  for (let call = 0; call < 20; call++) await withTimeout(60_000, signal, async () => call);
  await expect(withTimeout(60_000, signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a value that is not a signal is refused immediately', async () => {
  const odd = { aborted: false, throwIfAborted: () => undefined } as unknown as AbortSignal;
  await expect(pause(60_000, odd)).rejects.toBeInstanceOf(TypeError);
});
