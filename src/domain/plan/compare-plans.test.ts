import { expect, test } from 'vitest';
import { comparePlans } from './compare-plans.ts';
import { planned, planOf } from './plan.fixture.ts';

const contract = {
  name: 'Basket',
  kind: 'typescript',
  path: 'src/basket.ts',
  provider: 'basket',
  users: ['page'],
  command: '',
};

test('R-SPEC-4: what a repair changed is named, field by field, before and after', () => {
  const before = planOf([
    planned('basket', { depends_on: ['page'] }),
    planned('page', { depends_on: ['basket'] }),
  ]);
  const after = planOf([planned('basket'), planned('page', { depends_on: ['basket'], complexity: 0.4 })]);
  expect(comparePlans(before, after)).toEqual([
    {
      of: 'work_order',
      name: 'basket',
      what: 'changed',
      fields: [{ field: 'after', before: 'page', after: '' }],
    },
    {
      of: 'work_order',
      name: 'page',
      what: 'changed',
      fields: [{ field: 'complexity', before: '0.2', after: '0.4' }],
    },
  ]);
  expect(comparePlans(after, after)).toEqual([]);
});

test('R-SPEC-4: added, removed and changed work orders, contracts and the summary are told apart', () => {
  const before = planOf([planned('basket'), planned('mail')], [contract]);
  const after = {
    ...planOf([planned('basket'), planned('page')], [{ ...contract, users: ['page', 'till'] }]),
    summary: 'Another shop.',
  };
  const changes = comparePlans(before, after);
  expect(changes.map(({ of, name, what }) => [of, name, what])).toEqual([
    ['plan', '', 'changed'],
    ['work_order', 'page', 'added'],
    ['work_order', 'mail', 'removed'],
    ['contract', 'Basket', 'changed'],
  ]);
  expect(changes[1]?.fields).toContainEqual({
    field: 'files',
    before: null,
    after: 'create src/page.ts (source)\ncreate src/page.test.ts (test)',
  });
  expect(changes[2]?.fields.every(({ after: now }) => now === null)).toBe(true);
  expect(changes[3]?.fields).toEqual([{ field: 'users', before: 'page', after: 'page, till' }]);
});

test('R-SPEC-4: fear: two work orders with one key are compared as one, and the repair of that is not shown', () => {
  const changes = comparePlans(planOf([planned('a'), planned('a')]), planOf([planned('a'), planned('b')]));
  expect(changes.map(({ name, what }) => [name, what])).toEqual([
    ['b', 'added'],
    ['a (2)', 'removed'],
  ]);
});

test('an acceptance without proof says so', () => {
  const vague = planned('a', { acceptance: [{ text: 'It is nice', proof: 'none', target: '' }] });
  const [change] = comparePlans(planOf([vague]), planOf([planned('a')]));
  expect(change?.fields).toEqual([
    { field: 'done when', before: 'It is nice (none)', after: 'a works (test: src/a.test.ts)' },
  ]);
});
