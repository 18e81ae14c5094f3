import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { renderAhead } from './render-ahead.ts';

test('what was written ahead is taken where it was granted, and written anew where it was not', async () => {
  const written: number[] = [];
  const read = { render: (limit: number) => Buffer.from(String(written.push(limit) && limit)) };
  const render = renderAhead(read, 100);
  await turn();
  await turn();
  expect(written).toEqual([100]);
  expect(render(100).toString()).toBe('100');
  expect(render(40).toString()).toBe('40');
  expect(written).toEqual([100, 40]);
});

test('what cannot be written fails where somebody hears of it', async () => {
  const render = renderAhead(
    {
      render: () => {
        throw new RangeError('No.');
      },
    },
    100,
  );
  await turn();
  await turn();
  expect(() => render(100)).toThrow('No.');
});
