// Finds what makes a plan invalid (R-SPEC-4). Each problem is a sentence that tells the author what to change. Pure.
import { z } from 'zod';
import { contractKinds, fileActs, fileKinds, type Plan, planLimits, proofKinds } from './plan.ts';
import { ancestorsOf, cycleIn } from './plan-graph.ts';

export const planProblemCodes = [
  'TOO_MANY_WORK_ORDERS',
  'KEY_REPEATED',
  'DEPENDS_ON_ITSELF',
  'DEPENDENCY_UNKNOWN',
  'DEPENDENCY_CYCLE',
  'ACCEPTANCE_MISSING',
  'ACCEPTANCE_UNTESTABLE',
  'FILE_PATH_INVALID',
  'FILE_KIND_UNKNOWN',
  'FILE_ACT_UNKNOWN',
  'FILE_MISSING',
  'FILE_EXISTS',
  'FILE_SHARED',
  'CONTRACT_INVALID',
  'DESCRIPTION_MISSING',
] as const;
export type PlanProblemCode = (typeof planProblemCodes)[number];

export const planProblemSchema = z.object({
  code: z.enum(planProblemCodes),
  /** The keys of the work orders concerned. */
  keys: z.array(z.string()),
  message: z.string(),
});
export type PlanProblem = z.infer<typeof planProblemSchema>;

/** A longer list would not help the author: the first problems often cause the others. */
export const problemsMax = 50;

/** `hasFile` tells whether the base commit has a file; without it, the existence of files is not checked. */
export function problemsOf(plan: Plan, hasFile?: (path: string) => boolean): PlanProblem[] {
  const shape = shapeProblems(plan);
  // With thousands of work orders, the other checks would take too long.
  if (plan.work_orders.length > planLimits.workOrdersMax) return shape.slice(0, problemsMax);
  const creates = creationsBefore(plan);
  return [
    ...shape,
    ...dependencyProblems(plan),
    ...plan.work_orders.flatMap((order) =>
      acceptanceProblems(order, (path) => !hasFile || hasFile(path) || creates(order.key, path)),
    ),
    ...fileProblems(plan, creates, hasFile),
    ...sharedFiles(plan),
    ...contractProblems(plan),
  ].slice(0, problemsMax);
}

type Ordered = Plan['work_orders'][number];

/** Whether a work order has a file of the plan: it, one that it depends on, or one of its contract, creates it. */
type Creates = (key: string, path: string) => boolean;

function creationsBefore({ work_orders: orders, contracts }: Plan): Creates {
  const ancestors = ancestorsOf(orders);
  const creators = Map.groupBy(
    orders.flatMap(({ key, files }) => files.map(({ path, act }) => ({ key, path, act }))),
    ({ path }) => path,
  );
  const providers = Map.groupBy(
    contracts.flatMap(({ provider, users }) => users.map((user) => ({ user, provider }))),
    ({ user }) => user,
  );
  const providersOf = new Map(
    Array.from(providers, ([user, of]) => [user, new Set(of.map(({ provider }) => provider))]),
  );
  return (key, path) =>
    (creators.get(path) ?? []).some(
      ({ key: other, act }) =>
        act === 'create' &&
        (other === key || ancestors.get(key)?.has(other) || providersOf.get(key)?.has(other)),
    );
}

const problem = (code: PlanProblemCode, keys: readonly string[], message: string): PlanProblem => ({
  code,
  message,
  keys: [...keys],
});

function shapeProblems({ work_orders: orders }: Plan): PlanProblem[] {
  const problems: PlanProblem[] = [];
  if (orders.length > planLimits.workOrdersMax)
    problems.push(
      problem(
        'TOO_MANY_WORK_ORDERS',
        [],
        `The plan has ${orders.length} work orders; the limit is ${planLimits.workOrdersMax}. Merge small ones, or split the spec.`,
      ),
    );
  for (const [key, { length }] of Map.groupBy(orders, ({ key }) => key))
    if (length > 1)
      problems.push(
        problem('KEY_REPEATED', [key], `${length} work orders have the key ${key}: each needs its own.`),
      );
  for (const { key, description } of orders)
    if (description.trim() === '')
      problems.push(
        problem('DESCRIPTION_MISSING', [key], `${key} has no description: say what its agent has to do.`),
      );
  return problems;
}

function dependencyProblems({ work_orders: orders }: Plan): PlanProblem[] {
  const keys = new Set(orders.map(({ key }) => key));
  const problems = orders.flatMap(({ key, depends_on }) =>
    [...new Set(depends_on)].flatMap((other) => {
      if (other === key)
        return [problem('DEPENDS_ON_ITSELF', [key], `${key} depends on itself: remove that dependency.`)];
      if (keys.has(other)) return [];
      const said = `${key} depends on ${quoted(other)}, which is not in the plan: add it, or remove the dependency.`;
      return [problem('DEPENDENCY_UNKNOWN', [key], said)];
    }),
  );
  const cycle = cycleIn(orders);
  if (cycle) {
    const around = [...cycle, cycle[0]].join(' → ');
    problems.push(
      problem(
        'DEPENDENCY_CYCLE',
        cycle,
        `These depend on each other in a circle: ${around}. Remove one dependency, or merge them into one work order.`,
      ),
    );
  }
  return problems;
}

function acceptanceProblems(
  { key, acceptance, files }: Ordered,
  exists: (path: string) => boolean,
): PlanProblem[] {
  const deleted = new Set(files.filter(({ act }) => act === 'delete').map(({ path }) => path));
  if (acceptance.length === 0)
    return [
      problem(
        'ACCEPTANCE_MISSING',
        [key],
        `${key} has no acceptance criteria: say what is true when it is done, and how to test it.`,
      ),
    ];
  return acceptance.flatMap(({ text, proof, target }) => {
    const untestable = (why: string) => [
      problem('ACCEPTANCE_UNTESTABLE', [key], `${key}: "${text}" cannot be tested: ${why}`),
    ];
    if (!isOneOf(proofKinds, proof))
      return untestable(`its proof is ${quoted(proof)}; it must be test, command or file.`);
    if (proof === 'none')
      return untestable('name a test, a command or a file that shows it, or leave it out.');
    if (target.trim() === '') return untestable(`its ${proof} is not named.`);
    if (proof === 'command') return [];
    if (deleted.has(target.trim())) return untestable(`${key} deletes ${quoted(target)}.`);
    if (exists(target.trim())) return [];
    return untestable(
      `${quoted(target)} neither exists nor is created by ${key} or a work order that it depends on.`,
    );
  });
}

function fileProblems(
  { work_orders: orders }: Plan,
  creates: Creates,
  hasFile?: (path: string) => boolean,
): PlanProblem[] {
  return orders.flatMap(({ key, files }) =>
    files.flatMap(({ path, act, kind }) => {
      const of = (code: PlanProblemCode, said: string) => [problem(code, [key], `${key}: ${said}`)];
      if (!isRelativePath(path))
        return of(
          'FILE_PATH_INVALID',
          `${quoted(path)} is not a path inside the repository: write it relative to its root.`,
        );
      if (!isOneOf(fileKinds, kind))
        return of(
          'FILE_KIND_UNKNOWN',
          `${path} has the kind ${quoted(kind)}; it must be one of ${fileKinds.join(', ')}.`,
        );
      if (!isOneOf(fileActs, act))
        return of(
          'FILE_ACT_UNKNOWN',
          `${path} has the act ${quoted(act)}; it must be one of ${fileActs.join(', ')}.`,
        );
      if (hasFile === undefined) return [];
      if (act === 'create' && hasFile(path))
        return of('FILE_EXISTS', `${path} is to be created, but already exists: use "change".`);
      if (act !== 'create' && !hasFile(path) && !creates(key, path))
        return of(
          'FILE_MISSING',
          `${path} is to be ${act === 'delete' ? 'deleted' : 'changed'}, but does not exist: use "create", or correct the path.`,
        );
      return [];
    }),
  );
}

/** Two work orders that may run at the same time must not own the same file, unless they share a contract. */
function sharedFiles(plan: Plan): PlanProblem[] {
  const owners = new Map<string, Set<string>>();
  for (const { key, files } of plan.work_orders)
    for (const { path } of files) {
      const known = owners.get(path);
      if (known) known.add(key);
      else owners.set(path, new Set([key]));
    }
  const clashing = clashesIn(plan);
  return Array.from(owners).flatMap(([path, keys]) => {
    const clash = firstPair([...keys], (one, other) => clashing.get(one)?.has(other) ?? false);
    if (!clash) return [];
    const [one, other] = clash;
    return [
      problem(
        'FILE_SHARED',
        clash,
        `${one} and ${other} both own ${path} and may run at the same time: let one depend on the other, give the file to one of them, or add a contract between them.`,
      ),
    ];
  });
}

/**
 * For each work order, the others that may run at the same time and share no contract with it. Each pair is visited
 * once.
 */
function clashesIn({ work_orders: orders, contracts }: Plan): Map<string, Set<string>> {
  const ancestors = ancestorsOf(orders);
  const isOrdered = (one: string, other: string) =>
    (ancestors.get(one)?.has(other) ?? false) || (ancestors.get(other)?.has(one) ?? false);
  const parties = contracts.map(({ provider, users }) => new Set([provider, ...users]));
  const isAgreed = (one: string, other: string) => parties.some((each) => each.has(one) && each.has(other));
  const keys = [...new Set(orders.map(({ key }) => key))];
  const clashing = (one: string) =>
    keys.filter((other) => other !== one && !isOrdered(one, other) && !isAgreed(one, other));
  return new Map(keys.map((one) => [one, new Set(clashing(one))]));
}

function contractProblems({ work_orders: orders, contracts }: Plan): PlanProblem[] {
  const byKey = new Map(orders.map((order) => [order.key, order]));
  const repeated = Array.from(Map.groupBy(contracts, ({ name }) => name)).flatMap(([name, { length }]) =>
    length > 1
      ? [
          problem(
            'CONTRACT_INVALID',
            [],
            `${length} contracts are called ${quoted(name)}: each needs its own name.`,
          ),
        ]
      : [],
  );
  return [
    ...repeated,
    ...contracts.flatMap(({ name, kind, path, provider, users, command }) => {
      const of = (keys: string[], said: string) =>
        problem('CONTRACT_INVALID', keys, `The contract ${quoted(name)} ${said}`);
      const owner = byKey.get(provider);
      const problems: PlanProblem[] = [];
      if (!isOneOf(contractKinds, kind))
        problems.push(of([], `has the kind ${quoted(kind)}; it must be one of ${contractKinds.join(', ')}.`));
      if (kind === 'command' && command.trim() === '') problems.push(of([], 'names no command.'));
      if (!isRelativePath(path))
        problems.push(of([], `names ${quoted(path)}, which is not a path inside the repository.`));
      if (owner === undefined)
        problems.push(of([], `is provided by ${quoted(provider)}, which is not in the plan.`));
      else if (!owner.files.some((file) => file.path === path))
        problems.push(of([provider], `is in ${path}, which is not among the files of ${provider}.`));
      if (users.length === 0) problems.push(of([], 'has no users: leave it out, or name them.'));
      for (const user of new Set(users))
        if (user === provider) problems.push(of([user], `names its provider ${user} as a user.`));
        else if (!byKey.has(user))
          problems.push(of([], `is used by ${quoted(user)}, which is not in the plan.`));
      return problems;
    }),
  ];
}

/** Never absolute, never outside the repository, never inside `.git`. */
export function isRelativePath(path: string): boolean {
  if (path.startsWith('/') || path.includes('\\') || /^[A-Za-z]:/.test(path)) return false;
  return path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git');
}

function isOneOf<T extends string>(known: readonly T[], given: string): given is T {
  return (known as readonly string[]).includes(given);
}

const quotedCharsMax = 100;
const quoted = (text: string) => `"${text.slice(0, quotedCharsMax)}"`;

function firstPair(
  keys: readonly string[],
  isWanted: (one: string, other: string) => boolean,
): [string, string] | null {
  for (const [at, one] of keys.entries())
    for (let next = at + 1; next < keys.length; next += 1) {
      const other = keys[next];
      if (other !== undefined && isWanted(one, other)) return [one, other];
    }
  return null;
}
