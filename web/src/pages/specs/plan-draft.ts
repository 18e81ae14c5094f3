// Edits a plan before it is stored. Pure: each function returns a new plan.
import type { SpecPlan } from '../../../../src/contract/contract.ts';

export type Plan = SpecPlan['plan'];
export type PlannedOrder = Plan['work_orders'][number];

export const newOrder: PlannedOrder = {
  key: '',
  title: '',
  description: '',
  depends_on: [],
  complexity: 0.3,
  files: [],
  acceptance: [{ text: '', proof: 'test', target: '' }],
};

/** Replaces the work order with this key, or adds one at the end. */
export function putOrder(plan: Plan, key: string | null, order: PlannedOrder): Plan {
  const work_orders =
    key === null
      ? [...plan.work_orders, order]
      : plan.work_orders.map((each) => (each.key === key ? order : each));
  return { ...plan, work_orders };
}

/** Also removes it from dependencies and contracts; removes a contract that has no provider or no users left. */
export function removeOrder(plan: Plan, key: string): Plan {
  const others = (keys: readonly string[]) => keys.filter((each) => each !== key);
  return {
    ...plan,
    work_orders: plan.work_orders
      .filter((order) => order.key !== key)
      .map((order) => ({ ...order, depends_on: others(order.depends_on) })),
    contracts: plan.contracts
      .filter(({ provider }) => provider !== key)
      .map((contract) => ({ ...contract, users: others(contract.users) }))
      .filter(({ users }) => users.length > 0),
  };
}

/** Describes the changes of an edit in words, for others; empty if there are none. */
export function changesOf(before: Plan, after: Plan): string {
  const [old, now] = [before, after].map(
    ({ work_orders }) => new Map(work_orders.map((order) => [order.key, JSON.stringify(order)])),
  );
  if (!old || !now) return '';
  const removed = [...old.keys()].filter((key) => !now.has(key));
  const gone = new Set(removed);
  const added = [...now.keys()].filter((key) => !old.has(key));
  const changed = after.work_orders
    .filter(({ key }) => old.has(key) && old.get(key) !== now.get(key))
    // A dependency that was lost with a removed work order is not mentioned.
    .filter((order) => old.get(order.key) !== JSON.stringify(withDependencies(order, before, gone)))
    .map(({ key }) => key);
  return [
    ...(added.length > 0 ? [`added ${listOf(added)}`] : []),
    ...(removed.length > 0 ? [`removed ${listOf(removed)}`] : []),
    ...(changed.length > 0 ? [`changed ${listOf(changed)}`] : []),
  ].join(', ');
}

function withDependencies(order: PlannedOrder, before: Plan, gone: ReadonlySet<string>): PlannedOrder {
  const old = before.work_orders.find(({ key }) => key === order.key);
  if (!old) return order;
  const kept = old.depends_on.filter((key) => !gone.has(key));
  return kept.join() === order.depends_on.join() ? { ...order, depends_on: old.depends_on } : order;
}

const namedMax = 3;

function listOf(keys: readonly string[]): string {
  if (keys.length > namedMax) return `${keys.length} work orders`;
  return keys.length > 1 ? `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}` : (keys[0] ?? '');
}

const keyForm = /^[a-z][a-z0-9-]{0,39}$/;

export type OrderProblems = Partial<Record<'key' | 'title' | 'description' | 'acceptance', string>>;

/** Problems that a person can correct before sending the plan; the server checks everything. */
export function problemsOfOrder(order: PlannedOrder, taken: readonly string[]): OrderProblems {
  const { key, title, description, acceptance } = order;
  return {
    ...(keyForm.test(key) ? {} : { key: 'Use lower-case letters, digits and hyphens, at most 40.' }),
    ...(taken.includes(key) ? { key: 'Another work order has this key.' } : {}),
    ...(title.trim() === '' ? { title: 'Enter a title.' } : {}),
    ...(description.trim() === '' ? { description: 'Describe what its agent has to do.' } : {}),
    ...(acceptance.some(({ text, target }) => text.trim() !== '' && target.trim() !== '')
      ? {}
      : { acceptance: 'Enter what must be true when it is done, and what shows it.' }),
  };
}

/** Drops rows that were left empty. */
export function tidied(order: PlannedOrder): PlannedOrder {
  return {
    ...order,
    title: order.title.trim(),
    files: order.files.filter(({ path }) => path.trim() !== ''),
    acceptance: order.acceptance.filter(({ text, target }) => text.trim() !== '' || target.trim() !== ''),
  };
}
