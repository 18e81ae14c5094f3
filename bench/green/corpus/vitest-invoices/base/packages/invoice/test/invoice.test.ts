import { expect, test } from 'vitest';
import { render, total } from '../src/invoice';
import { sample } from './sample';

test('the total', () => {
  expect(total(sample).cents).toBe(25990);
  expect(total({ ...sample, items: [] }).cents).toBe(0);
});

test('as text', async () => {
  await expect(render(sample)).toMatchFileSnapshot('golden/sample.txt');
});
