import { expect, test } from 'vitest';
import {
  changesOf,
  newOrder,
  type Plan,
  type PlannedOrder,
  problemsOfOrder,
  putOrder,
  removeOrder,
  tidied,
} from './plan-draft.ts';

const order = (key: string, given: Partial<PlannedOrder> = {}): PlannedOrder => ({
  ...newOrder,
  key,
  title: `Build ${key}`,
  description: 'Write it.',
  acceptance: [{ text: 'It works', proof: 'test', target: `test/${key}.test.js` }],
  ...given,
});
const contract = {
  name: 'Basket',
  kind: 'typescript',
  path: 'a.ts',
  provider: 'a',
  users: ['b'],
  command: '',
};
const plan: Plan = {
  summary: 'A shop.',
  work_orders: [order('a'), order('b', { depends_on: ['a'] }), order('c', { depends_on: ['a', 'b'] })],
  contracts: [contract, { ...contract, name: 'Till', provider: 'b', users: ['a', 'c'] }],
};

test('what is removed is also gone from dependencies and contracts', () => {
  const after = removeOrder(plan, 'a');
  expect(after.work_orders.map(({ key, depends_on }) => [key, depends_on])).toEqual([
    ['b', []],
    ['c', ['b']],
  ]);
  expect(after.contracts.map(({ name, users }) => [name, users])).toEqual([['Till', ['c']]]);
  expect(removeOrder(after, 'c').contracts).toEqual([]);
  expect(changesOf(plan, after)).toBe('removed a');
});

test('an edit says what it changes, and nothing if it changes nothing', () => {
  expect(changesOf(plan, putOrder(plan, 'a', order('a')))).toBe('');
  const added = putOrder(putOrder(plan, null, order('d')), 'b', order('b'));
  expect(added.work_orders.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  expect(changesOf(plan, added)).toBe('added d, changed b');
  const many = ['d', 'e', 'f', 'g'].reduce((so, key) => putOrder(so, null, order(key)), plan);
  expect(changesOf(plan, many)).toBe('added 4 work orders');
  expect(changesOf(plan, removeOrder(removeOrder(plan, 'a'), 'b'))).toBe('removed a and b');
  const both = putOrder(removeOrder(plan, 'a'), 'b', order('b', { title: 'Other' }));
  expect(changesOf(plan, both)).toBe('removed a, changed b');
});

test('a work order says what is missing, and its empty rows are left out', () => {
  expect(problemsOfOrder(order('d'), ['a'])).toEqual({});
  expect(problemsOfOrder(order('a'), ['a'])).toEqual({ key: 'Another work order has this key.' });
  expect(Object.keys(problemsOfOrder(newOrder, []))).toEqual(['key', 'title', 'description', 'acceptance']);
  const rows = tidied(
    order('d', {
      files: [{ path: ' ', act: 'create', kind: 'source' }],
      acceptance: [...order('d').acceptance, { text: '', proof: 'test', target: ' ' }],
    }),
  );
  expect(rows).toMatchObject({ files: [], acceptance: [{ text: 'It works' }] });
});
