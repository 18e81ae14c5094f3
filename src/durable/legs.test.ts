import { expect, test } from 'vitest';
import type { RunId } from '../domain/ids.ts';
import { type Execute, Legs, Places } from './take-messages.ts';

const never = new AbortController().signal;
const message = { runId: '01a2292e-0000-7000-8000-000000000001' as RunId, leg: 0 };

function legsThat(execute: Execute, decideMsMax: number) {
  const places = new Places(1);
  const slots = { withSlot: () => Promise.reject(new Error('No slot is needed')) };
  const tenure = { current: new AbortController() };
  const deps = { executorId: 'a', execute, slots, places, tenure, drains: never, stop: never, decideMsMax };
  return { places, legs: new Legs(deps) };
}

test('R-GO-7: fear: a leg hangs before its run is taken up, and answers every later message with nothing', async () => {
  const seen: AbortSignal[] = [];
  const hung = Promise.withResolvers<void>();
  const { legs, places } = legsThat(async (_, { onTaken }, signal) => {
    seen.push(signal);
    if (seen.length === 1) return hung.promise;
    onTaken();
  }, 20);
  await places.reserve(never);
  await expect(legs.begin(message)).rejects.toThrow(`The run ${message.runId} was not taken up within`);
  expect(seen[0]?.aborted).toBe(true);
  expect(legs.has(message.runId)).toBe(false);
  await places.reserve(never);
  await legs.begin(message);
  expect(seen).toHaveLength(2);
  // Its end, hours later, gives no second place.
  hung.resolve();
  await hung.promise;
  await expect.poll(() => legs.size).toBe(0);
  expect(await places.reserveSome(2, never)).toBe(1);
});

test('a leg whose run is taken up may last as long as it needs', async () => {
  const end = Promise.withResolvers<void>();
  const { legs, places } = legsThat(async (_, { onTaken }, signal) => {
    onTaken();
    await end.promise;
    signal.throwIfAborted();
  }, 1);
  await places.reserve(never);
  const startedMs = performance.now();
  await legs.begin(message);
  await expect.poll(() => performance.now() - startedMs).toBeGreaterThan(10);
  expect(legs.has(message.runId)).toBe(true);
  end.resolve();
  await expect.poll(() => legs.size).toBe(0);
});
