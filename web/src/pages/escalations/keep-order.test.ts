import { expect, test } from 'vitest';
import { keepOrder } from './keep-order.ts';

test('a question that someone else has answered keeps its position', () => {
  expect(keepOrder(['a', 'b', 'c'], ['a', 'c'])).toEqual(['a', 'b', 'c']);
  expect(keepOrder(['b', 'c'], ['new', 'b', 'older'])).toEqual(['new', 'b', 'c', 'older']);
  expect(keepOrder([], ['a', 'b'])).toEqual(['a', 'b']);
  expect(keepOrder(['a'], ['b'])).toEqual(['a', 'b']);
});
