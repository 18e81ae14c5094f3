import { expect, test } from 'vitest';
import { itemsFor } from './palette-items.ts';

const recent = [{ id: 'a1', title: 'Fix the clock' }];

test('without a search term the items are recent work orders, pages and actions, in this order', () => {
  const groups = itemsFor('', recent, []).map(({ group }) => group);
  expect([...new Set(groups)]).toEqual(['Recent', 'Pages', 'Actions']);
});

test('all words must match, in any order and case', () => {
  expect(itemsFor('ORDER new', recent, []).map(({ title }) => title)).toEqual(['New work order']);
  expect(itemsFor('no such thing', recent, [])).toEqual([]);
});

test('a result that is also recent is listed once', () => {
  const found = { kind: 'work_order', id: 'a1', title: 'Fix the clock', detail: 'failed' } as const;
  const items = itemsFor('clock', recent, [found]);
  expect(items.map(({ group, detail }) => [group, detail])).toEqual([['Results', 'failed']]);
});

test('each kind of result links to its page', () => {
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

test('R-SEC-2: fear: a title turns the reading order of the list around', () => {
  const title = 'Update \u202egnp.exe';
  const found = { kind: 'work_order', id: 'a2', title, detail: title } as const;
  const shown = itemsFor('update', [{ id: 'a1', title }], [found]).map((item) => [item.title, item.detail]);
  expect(JSON.stringify(shown)).not.toContain('\u202e');
  expect(shown).toHaveLength(2);
});
