import { expect, test } from 'vitest';
import { Places } from './take-messages.ts';

const never = new AbortController().signal;

test('places that are free are given at once, and others in the order in which they were asked for', async () => {
  const places = new Places(3);
  expect(await places.reserveSome(2, never)).toBe(2);
  expect(await places.reserveSome(5, never)).toBe(1);
  const given: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    await places.reserve(never);
    given.push(name);
  });
  places.free();
  await waiting[0];
  expect(given).toEqual(['first']);
  places.free();
  await waiting[1];
  expect(given).toEqual(['first', 'second']);
});

test('fear: whoever gives up waiting for a place takes it with them', async () => {
  const places = new Places(1);
  await places.reserve(never);
  const stop = new AbortController();
  const givesUp = places.reserve(stop.signal);
  const waits = places.reserve(never);
  stop.abort();
  expect(await givesUp).toBe(false);
  expect(await places.reserve(stop.signal)).toBe(false);
  expect(await places.reserveSome(1, stop.signal)).toBe(0);
  places.free();
  expect(await waits).toBe(true);
  places.free();
  expect(await places.reserve(never)).toBe(true);
});
