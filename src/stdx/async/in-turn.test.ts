import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from './in-turn.ts';

test('work on one key is done one at a time, in order, also after a failure; other keys do not wait', async () => {
  const inTurn = createTurns();
  const said: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      said.push(`${name} begins`);
      await setImmediate();
      said.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const ends = [inTurn('a', work('1', true)), inTurn('a', work('2')), inTurn('b', work('3'))];
  const results = await Promise.allSettled(ends);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(said.filter((line) => !line.startsWith('3'))).toEqual(['1 begins', '1 ends', '2 begins', '2 ends']);
  expect(said.indexOf('3 begins')).toBeLessThan(said.indexOf('1 ends'));
  expect(await inTurn('a', work('4'))).toBe('4');
});
