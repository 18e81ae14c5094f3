import { expect, test } from 'vitest';
import { itemsFor } from './palette-items.ts';

const recent = [{ id: 'a1', title: 'Mend the clock' }];

test('without words there is where one was, where one can go and what one can do, in this order', () => {
  const groups = itemsFor('', recent, []).map(({ group }) => group);
  expect([...new Set(groups)]).toEqual(['Recent', 'Pages', 'Acts']);
});

test('all words have to be there, in any order and case', () => {
  expect(itemsFor('ORDER new', recent, []).map(({ title }) => title)).toEqual(['New work order']);
  expect(itemsFor('no such thing', recent, [])).toEqual([]);
});

test('what was found and is known already stands there once', () => {
  const found = { kind: 'work_order', id: 'a1', title: 'Mend the clock', detail: 'failed' } as const;
  const items = itemsFor('clock', recent, [found]);
  expect(items.map(({ group, detail }) => [group, detail])).toEqual([['Found', 'failed']]);
});

test('each kind of what was found leads to its place', () => {
  const kinds = ['work_order', 'escalation', 'error', 'project', 'spec'] as const;
  const items = itemsFor(
    'zz',
    [],
    kinds.map((kind) => ({ kind, id: 'x/1', title: 'T', detail: '' })),
  );
  expect(items.map(({ act, detail }) => [act, detail])).toEqual([
    [{ kind: 'go', to: '/work-orders/x%2F1', remember: { id: 'x/1', title: 'T' } }, 'work order'],
    [{ kind: 'go', to: '/escalations', search: { id: 'x/1' } }, 'escalation'],
    [{ kind: 'go', to: '/monitoring', search: { error: 'x/1' } }, 'error'],
    [{ kind: 'go', to: '/work-orders', search: { project: 'T' } }, 'project'],
    [{ kind: 'go', to: '/specs' }, 'spec'],
  ]);
});
