import { expect, onTestFinished, test } from 'vitest';
import type { DrawAnswer } from '../engine/run/budget/call-ledger.ts';
import { Headroom, type NoRoom } from './calls/headroom.ts';

const noRoom: NoRoom = { kind: 'no_room', leftNanoUsd: 0n, openNanoUsd: 1n };
const never = 3_600_000;

function waitingFor(draw: () => Promise<DrawAnswer>) {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  return { over, waiting: { keyId: 'k', needNanoUsd: 1n, draw, signal: over.signal } };
}

test('fear: what is given back between a draw that fails and the wait for more is heard by nobody', async () => {
  const headroom = new Headroom(never);
  const mark = headroom.mark();
  headroom.freed('k');
  const { waiting } = waitingFor(async () => ({ kind: 'drawn' }));
  expect(await headroom.wait(waiting, noRoom, never, mark)).toEqual({ kind: 'drawn' });
});

test('fear: what is given back while others are tried is heard by nobody', async () => {
  const headroom = new Headroom(never);
  let draws = 0;
  const { waiting } = waitingFor(async () => {
    draws += 1;
    if (draws > 1) return { kind: 'drawn' };
    headroom.freed('k');
    return noRoom;
  });
  const answer = headroom.wait(waiting, noRoom, never, headroom.mark());
  headroom.freed('k');
  expect(await answer).toEqual({ kind: 'drawn' });
  expect(draws).toBe(2);
});

test('fear: a call is given up while it is being drawn, and its hold belongs to nobody', async () => {
  const headroom = new Headroom(never);
  const begun = Promise.withResolvers<void>();
  const drawn = Promise.withResolvers<DrawAnswer>();
  const { over, waiting } = waitingFor(() => {
    begun.resolve();
    return drawn.promise;
  });
  const answer = headroom.wait(waiting, noRoom, never, headroom.mark());
  headroom.freed('k');
  await begun.promise;
  over.abort();
  drawn.resolve({ kind: 'drawn' });
  expect(await answer).toEqual({ kind: 'drawn' });
});

test('a larger one that does not fit does not keep a smaller one, and is not asked for again in vain', async () => {
  const headroom = new Headroom(never);
  const draws: string[] = [];
  const wait = (name: string, needNanoUsd: bigint, result: DrawAnswer) => {
    const { waiting } = waitingFor(async () => {
      draws.push(name);
      return result;
    });
    return headroom.wait({ ...waiting, needNanoUsd }, noRoom, never, headroom.mark());
  };
  void wait('large', 100n, { kind: 'no_room', leftNanoUsd: 10n, openNanoUsd: 1n });
  void wait('larger', 200n, { kind: 'no_room', leftNanoUsd: 10n, openNanoUsd: 1n });
  const small = wait('small', 10n, { kind: 'drawn' });
  headroom.freed('k');
  expect(await small).toEqual({ kind: 'drawn' });
  expect(draws).toEqual(['large', 'small']);
});

test('with nothing left to wait for, nobody waits', async () => {
  const headroom = new Headroom(never);
  const nothing: NoRoom = { kind: 'no_room', leftNanoUsd: 0n, openNanoUsd: 0n };
  const { waiting } = waitingFor(async () => nothing);
  const answer = headroom.wait(waiting, noRoom, never, headroom.mark());
  headroom.freed('k');
  expect(await answer).toEqual(nothing);
});
