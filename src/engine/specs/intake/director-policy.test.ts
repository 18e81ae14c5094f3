import { expect, test } from 'vitest';
import { type DirectorLimits, defaultDirectorLimits } from '../../../domain/limits/director-limits.ts';
import { type PlannedWorkOrder, planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { problemsOf } from '../../../domain/plan/plan-problems.ts';
import { defaultAssessmentPolicy } from '../../policy/assessment-policy.ts';
import { estimateOrders } from '../estimate-orders.ts';
import { directorRows, harmlessPart, objectionsTo } from './director-policy.ts';

const cent = 10n ** 7n;
const finished = [
  { kind: null, band: null, count: 50, lowNanoUsd: cent, midNanoUsd: 10n * cent, highNanoUsd: 40n * cent },
];

function facts(plan: Plan, limits: Partial<DirectorLimits> = {}, history = finished) {
  const assessment = defaultAssessmentPolicy;
  const estimates = estimateOrders(plan, history, assessment);
  return { plan, estimates, assessment, limits: { ...defaultDirectorLimits, ...limits } };
}

const file = (path: string, given: Partial<PlannedWorkOrder['files'][number]> = {}) => ({
  files: [{ path, act: 'create', kind: 'source', ...given }],
});
const contract = {
  name: 'Basket',
  kind: 'typescript',
  path: 'src/a.ts',
  provider: 'a',
  users: ['b'],
  command: '',
};
const many = (count: number) => planOf(Array.from({ length: count }, (_, at) => planned(`k${at}`)));

test('R-SPEC-1: a plan of low risk is approved', () => {
  expect(objectionsTo(facts(planOf([planned('a'), planned('b', { depends_on: ['a'] })])))).toEqual([]);
  expect(objectionsTo(facts(planOf([planned('a')]), {}, []))).toEqual([]);
});

test.each<[string, ReturnType<typeof facts>, string[], string]>([
  [
    'hard_stop',
    facts(planOf([planned('a'), planned('b', { title: 'Rotate the password' })])),
    ['b'],
    'password',
  ],
  [
    'ci_files',
    facts(planOf([planned('a', file('.github/workflows/ci.yml'))])),
    ['a'],
    '.github/workflows/ci.yml',
  ],
  ['mode', facts(planOf([planned('a')]), { mode: 'ask' }), [], 'every plan'],
  ['contract_change', facts(planOf([planned('a', file('db/1.sql', { kind: 'schema' }))])), ['a'], 'db/1.sql'],
  [
    'contract_change',
    facts(planOf([planned('a', file('src/a.ts', { act: 'change' })), planned('b')], [contract])),
    ['a'],
    'relies on: src/a.ts',
  ],
  [
    'deletes',
    facts(planOf([planned('a', file('src/old.ts', { act: 'delete' }))])),
    ['a'],
    'deletes src/old.ts',
  ],
  ['complexity', facts(planOf([planned('a', { complexity: 0.7 })])), ['a'], '0.7; the limit is 0.6'],
  ['work_orders', facts(many(9), { costUsdMax: 100 }), [], '9 work orders; the limit is 8'],
  ['files', facts(many(3), { filesMax: 5 }), [], '6 files; the limit is 5'],
  ['cost', facts(many(3), { costUsdMax: 1 }), [], 'may cost $1.20; the limit is $1.00'],
])('R-SPEC-1: the row %s puts a plan before a person', (row, given, keys, said) => {
  const objections = objectionsTo(given);
  expect(objections).toEqual([{ row, keys, because: expect.stringContaining(said) }]);
});

test('R-SPEC-1: an estimate without history speaks against a plan sooner than one with it', () => {
  const plan = planOf([planned('a', { complexity: 0.5 }), planned('b', { complexity: 0.5 })]);
  const rows = (history: typeof finished) => objectionsTo(facts(plan, {}, history)).map(({ row }) => row);
  expect(rows(finished)).toEqual([]);
  expect(rows([])).toEqual(['confidence']);
});

test('fear: a hard stop or a CI file is approved because the limits are wide', () => {
  const limits = {
    costUsdMax: 10_000,
    unsureUsdMax: 10_000,
    filesMax: 10_000,
    workOrdersMax: 200,
    complexityMax: 1,
  };
  const plan = planOf([planned('a', { title: 'Add a login token' }), planned('b', file('.gitlab-ci.yml'))]);
  expect(objectionsTo(facts(plan, limits)).map(({ row }) => row)).toEqual(['hard_stop', 'ci_files']);
});

test('R-SPEC-1: the harmless part stands alone: without what depends on the rest, or relies on its contract', () => {
  const risky = { title: 'Encrypt it' };
  const plan = planOf(
    [
      planned('a', risky),
      planned('b'),
      planned('c', { depends_on: ['a'] }),
      planned('d', { depends_on: ['c'] }),
      planned('e'),
      planned('f'),
    ],
    [contract, { ...contract, name: 'Page', provider: 'e', path: 'src/e.ts', users: ['d', 'f'] }],
  );
  const part = harmlessPart(facts(plan));
  expect(part?.work_orders.map(({ key }) => key)).toEqual(['e', 'f']);
  expect(part?.contracts).toEqual([expect.objectContaining({ name: 'Page', users: ['f'] })]);
  expect(part && problemsOf(part)).toEqual([]);
});

test('R-SPEC-1: there is no harmless part if all of it is risky, if the whole is, or if the part is too large', () => {
  const risky = planned('z', { title: 'Encrypt it' });
  expect(harmlessPart(facts(planOf([risky])))).toBeNull();
  expect(harmlessPart(facts(many(2), { filesMax: 1 }))).toBeNull();
  expect(harmlessPart(facts(planOf([...many(9).work_orders, risky])))).toBeNull();
});

test('each row of the policy has an id of its own', () => {
  const ids = directorRows.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
