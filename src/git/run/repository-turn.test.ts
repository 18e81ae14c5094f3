import { expect, test } from 'vitest';
import { inTurn } from './repository-turn.ts';

test('calls with the same key run one at a time, in their order, whatever fails in between', async () => {
  const log: string[] = [];
  const step = (name: string) =>
    inTurn('a', undefined, async () => {
      log.push(`${name} begins`);
      await new Promise(setImmediate);
      log.push(`${name} ends`);
      if (name === 'two') throw new Error('two failed');
    });
  const results = await Promise.allSettled([step('one'), step('two'), step('three')]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(log).toEqual(['one begins', 'one ends', 'two begins', 'two ends', 'three begins', 'three ends']);
});

test('a call that gives up waiting lets no other one start early', async () => {
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const log: string[] = [];
  const first = inTurn('b', undefined, () => end.then(() => void log.push('first')));
  const abort = new AbortController();
  const second = inTurn('b', abort.signal, async () => void log.push('second'));
  abort.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  const third = inTurn('b', undefined, async () => void log.push('third'));
  await new Promise(setImmediate);
  expect(log).toEqual([]);
  resolve();
  await Promise.all([first, third]);
  expect(log).toEqual(['first', 'third']);
});

test('other keys do not wait', async () => {
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const first = inTurn('c', undefined, () => end);
  expect(await inTurn('d', undefined, async () => 'through')).toBe('through');
  resolve();
  await first;
});
