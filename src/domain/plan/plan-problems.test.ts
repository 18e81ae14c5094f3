import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlannedWorkOrder, planned, planOf } from './plan.fixture.ts';
import { type Plan, planSchema } from './plan.ts';
import { isRelativePath, type PlanProblemCode, problemsMax, problemsOf } from './plan-problems.ts';

const codes = (plan: Plan, hasFile?: (path: string) => boolean) =>
  problemsOf(plan, hasFile).map(({ code }) => code);

const contract = {
  name: 'basket',
  kind: 'typescript',
  path: 'src/basket.ts',
  provider: 'basket',
  users: ['page'],
  command: '',
};
const basketAndPage = (page: Partial<PlannedWorkOrder> = {}) => [planned('basket'), planned('page', page)];
const shared = { files: [...planned('page').files, ...planned('basket').files] };
const accepted = (proof: string, target: string) => ({ acceptance: [{ text: 'It works', proof, target }] });
const filed = (path: string, act = 'create', kind = 'source') => ({
  files: [...planned('page').files, { path, act, kind }],
});

test('R-SPEC-4: a plan with dependencies and a contract has no problem', () => {
  const plan = planOf(basketAndPage({ depends_on: ['basket'] }), [contract]);
  expect(planSchema.parse(plan)).toEqual(plan);
  expect(problemsOf(plan, () => false)).toEqual([]);
});

/** Writes a test file that the acceptance of another work order names. */
const laterTest = (given: Partial<PlannedWorkOrder> = {}) =>
  planned('later', { files: [{ path: 'late.test.ts', act: 'create', kind: 'test' }], ...given });
const repository = (path: string) => path === 'old.test.ts' || path === 'src/later.test.ts';

test.each<[string, PlannedWorkOrder[]]>([
  ['a later one', [planned('page', accepted('test', 'late.test.ts')), laterTest({ depends_on: ['page'] })]],
  ['a parallel one', [planned('page', accepted('test', 'late.test.ts')), laterTest()]],
  [
    'nobody, and deletes it itself',
    [planned('page', { ...accepted('test', 'old.test.ts'), ...filed('old.test.ts', 'delete', 'test') })],
  ],
])('R-SPEC-4: acceptance cannot be tested with a file that is made by %s', (_, orders) => {
  const problems = problemsOf(planOf(orders), repository);
  expect(problems).toMatchObject([{ code: 'ACCEPTANCE_UNTESTABLE', keys: ['page'] }]);
});

test('R-SPEC-4: acceptance may be tested with a file of what it depends on, also indirectly', () => {
  const page = planned('page', { ...accepted('test', 'late.test.ts'), depends_on: ['between'] });
  const plan = planOf([laterTest(), planned('between', { depends_on: ['later'] }), page]);
  expect(problemsOf(plan, repository)).toEqual([]);
});

test('R-SPEC-4: a work order cannot change a file that only a later one creates', () => {
  const page = planned('page', filed('late.test.ts', 'change', 'test'));
  const problems = problemsOf(planOf([page, laterTest({ depends_on: ['page'] })]), repository);
  expect(problems).toMatchObject([{ code: 'FILE_MISSING', keys: ['page'] }]);
});

test.each<[PlanProblemCode, Plan, string]>([
  [
    'DEPENDENCY_CYCLE',
    planOf([planned('a', { depends_on: ['b'] }), planned('b', { depends_on: ['a'] })]),
    'a → b → a',
  ],
  ['DEPENDS_ON_ITSELF', planOf([planned('a', { depends_on: ['a'] })]), 'a depends on itself'],
  ['DEPENDENCY_UNKNOWN', planOf([planned('a', { depends_on: ['z'] })]), '"z", which is not in the plan'],
  ['KEY_REPEATED', planOf([planned('a'), planned('a')]), '2 work orders have the key a'],
  ['DESCRIPTION_MISSING', planOf([planned('a', { description: ' \n' })]), 'a has no description'],
  ['ACCEPTANCE_MISSING', planOf([planned('a', { acceptance: [] })]), 'a has no acceptance criteria'],
  ['ACCEPTANCE_UNTESTABLE', planOf([planned('a', accepted('none', ''))]), 'name a test'],
  ['ACCEPTANCE_UNTESTABLE', planOf([planned('a', accepted('by eye', ''))]), 'its proof is "by eye"'],
  ['ACCEPTANCE_UNTESTABLE', planOf([planned('a', accepted('command', ' '))]), 'its command is not named'],
  [
    'ACCEPTANCE_UNTESTABLE',
    planOf([planned('a', accepted('test', 'x.test.ts'))]),
    'neither exists nor is created',
  ],
  ['FILE_PATH_INVALID', planOf([planned('page', filed('../out.ts'))]), 'not a path inside the repository'],
  ['FILE_KIND_UNKNOWN', planOf([planned('page', filed('a.ts', 'create', 'magic'))]), 'the kind "magic"'],
  ['FILE_ACT_UNKNOWN', planOf([planned('page', filed('a.ts', 'burn'))]), 'the act "burn"'],
  ['FILE_MISSING', planOf([planned('page', filed('a.ts', 'change'))]), 'to be changed, but does not exist'],
  ['FILE_EXISTS', planOf([planned('page', filed('README.md'))]), 'but already exists: use "change"'],
  ['FILE_SHARED', planOf(basketAndPage(shared)), 'basket and page both own src/basket.ts'],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [{ ...contract, kind: 'oral' }]), 'the kind "oral"'],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [{ ...contract, kind: 'command' }]), 'names no command'],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [{ ...contract, provider: 'z' }]), 'provided by "z"'],
  [
    'CONTRACT_INVALID',
    planOf(basketAndPage(), [{ ...contract, path: 'src/other.ts' }]),
    'not among the files',
  ],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [{ ...contract, path: '.git/hooks' }]), 'not a path inside'],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [{ ...contract, users: [] }]), 'has no users'],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [{ ...contract, users: ['basket'] }]), 'its provider basket'],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [{ ...contract, users: ['z'] }]), 'used by "z"'],
  ['CONTRACT_INVALID', planOf(basketAndPage(), [contract, contract]), '2 contracts are called "basket"'],
])('R-SPEC-4: %s: %#', (code, plan, said) => {
  expect(planSchema.safeParse(plan).success).toBe(true);
  const problems = problemsOf(plan, (path) => path === 'README.md');
  expect(problems.map((problem) => problem.code)).toContain(code);
  expect(problems.map(({ message }) => message).join('\n')).toContain(said);
});

test('R-SPEC-4: two work orders may own one file if they are ordered, or if a contract stands between them', () => {
  expect(codes(planOf(basketAndPage({ ...shared, depends_on: ['basket'] })))).toEqual([]);
  expect(codes(planOf(basketAndPage(shared), [contract]))).toEqual([]);
  const between = [planned('basket'), planned('middle', { depends_on: ['basket'] })];
  expect(codes(planOf([...between, planned('page', { ...shared, depends_on: ['middle'] })]))).toEqual([]);
});

test('R-SPEC-4: 200 work orders are a plan, 201 are a sentence', () => {
  const many = (count: number) => planOf(Array.from({ length: count }, (_, at) => planned(`k${at}`)));
  expect(codes(many(200))).toEqual([]);
  expect(codes(many(201))).toEqual(['TOO_MANY_WORK_ORDERS']);
});

test('fear: a plan of the worst kind takes long, or gives problems without end', () => {
  const keys = Array.from({ length: 200 }, (_, at) => `k${at}`);
  const all = keys.map((key) => planned(key, { depends_on: keys, files: planned('same').files }));
  const startedMs = performance.now();
  expect(problemsOf(planOf(all), () => false)).toHaveLength(problemsMax);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test('fear: a plan as large as a request may be keeps the server from everything else', () => {
  const keys = Array.from({ length: 200 }, (_, at) => `k${at}`);
  const files = Array.from({ length: 60 }, (_, at) => ({ path: `f${at}`, act: 'create', kind: 'source' }));
  const own = (key: string) => ({ path: `${key}.ts`, act: 'create', kind: 'source' });
  const orders = keys.map((key) => planned(key, { files: [own(key), ...files], acceptance: [] }));
  const others = Array.from({ length: 99 }, (_, at) => ({
    ...contract,
    name: `c${at}`,
    provider: 'k0',
    path: 'k0.ts',
    users: keys.map((key) => `x${key}`),
  }));
  const all = { ...contract, provider: 'k0', path: 'k0.ts', users: keys.slice(1) };
  const plan = planOf(orders, [...others, all]);
  const from = process.cpuUsage();
  expect(problemsOf(plan)).toHaveLength(problemsMax);
  expect(codes(planOf(orders, [all]))).not.toContain('FILE_SHARED');
  const tiny = Array.from({ length: 9_000 }, (_, at) =>
    planned(`k${at}`, { files: [own('a')], acceptance: [] }),
  );
  expect(codes(planOf(tiny))).toEqual(['TOO_MANY_WORK_ORDERS']);
  // CPU time, in microseconds.
  expect(process.cpuUsage(from).user).toBeLessThan(10_000_000);
});

test.each([
  ['a NUL', { title: 'a\0b' }],
  ['an escape sequence', { title: '\u001b[2J' }],
  ['two lines in a title', { title: 'a\nb' }],
  ['half a character', { description: '\ud800' }],
  ['a key that is a flag', { key: '--force' }],
  ['a complexity above 1', { complexity: 2 }],
])('R-SPEC-4: hostile: %s is refused', (_, given) => {
  expect(planSchema.safeParse(planOf([planned('a', given)])).success).toBe(false);
});

test('R-SPEC-4: any plan that can be read is judged without an exception', () => {
  const word = fc.constantFrom('a', 'b', 'c', '', '../x', 'src/a.ts', 'none', 'test', 'typescript');
  const order = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    title: fc.string({ minLength: 1 }),
    description: fc.string(),
    acceptance: fc.array(fc.record({ text: word, proof: word, target: word }), { maxLength: 3 }),
    files: fc.array(fc.record({ path: word, act: word, kind: word }), { maxLength: 3 }),
    depends_on: fc.array(word, { maxLength: 4 }),
    complexity: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const contracts = fc.array(
    fc.record({ name: word, kind: word, path: word, provider: word, users: fc.array(word), command: word }),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.array(order, { minLength: 1, maxLength: 6 }), contracts, (orders, given) => {
      for (const { message } of problemsOf(planOf(orders, given), (path) => path === 'a'))
        expect(message).toMatch(/\S/);
    }),
  );
});

test.each([
  '/etc/passwd',
  'C:/x',
  'a\\b',
  '../a',
  'a/../b',
  'a//b',
  './a',
  '.git/config',
  'a/.GIT/hooks',
  '',
])('R-SPEC-4: %j is no path inside the repository', (path) => {
  expect(isRelativePath(path)).toBe(false);
});
