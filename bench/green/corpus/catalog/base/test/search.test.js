import { expect, it } from 'vitest';
import { search } from '../src/search.js';

const products = [{ title: 'Desk lamp' }, { title: 'Lamp oil' }, { title: 'Chair' }];

it('finds by part of the title', () => {
  expect(search(products, 'LAMP').map((p) => p.title)).toEqual(['Desk lamp', 'Lamp oil']);
});
