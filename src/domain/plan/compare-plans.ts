// The differences between two versions of a plan, in words that a person reads side by side. Pure.
import { z } from 'zod';
import type { Plan } from './plan.ts';

export const planChangeSchema = z.object({
  of: z.enum(['plan', 'work_order', 'contract']),
  /** The key of the work order, or the name of the contract; empty for the plan itself. */
  name: z.string(),
  what: z.enum(['added', 'removed', 'changed']),
  /** Null where it did not exist, or was removed. */
  fields: z.array(
    z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
  ),
});
export type PlanChange = z.infer<typeof planChangeSchema>;

type Fields = Readonly<Record<string, string>>;

/** In the order of the newer plan, followed by what it removed. */
export function comparePlans(before: Plan, after: Plan): PlanChange[] {
  const changes = [
    ...changesOf(
      'plan',
      new Map([['', { summary: before.summary }]]),
      new Map([['', { summary: after.summary }]]),
    ),
    ...changesOf('work_order', orders(before), orders(after)),
    ...changesOf('contract', contracts(before), contracts(after)),
  ];
  return changes;
}

function changesOf(
  of: PlanChange['of'],
  before: ReadonlyMap<string, Fields>,
  after: ReadonlyMap<string, Fields>,
): PlanChange[] {
  const names = [...after.keys(), ...[...before.keys()].filter((name) => !after.has(name))];
  return names.flatMap((name): PlanChange[] => {
    const [old, now] = [before.get(name), after.get(name)];
    const fields = Object.keys(now ?? old ?? {})
      .map((field) => ({ field, before: old?.[field] ?? null, after: now?.[field] ?? null }))
      .filter((each) => each.before !== each.after);
    const what = old ? (now ? 'changed' : 'removed') : 'added';
    return fields.length === 0 ? [] : [{ of, name, what, fields }];
  });
}

function orders({ work_orders }: Plan): Map<string, Fields> {
  return named(
    work_orders.map(({ key, title, description, depends_on, files, acceptance, complexity }) => [
      key,
      {
        title,
        after: depends_on.join(', '),
        files: files.map(({ path, act, kind }) => `${act} ${path} (${kind})`).join('\n'),
        'done when': acceptance.map(shownBy).join('\n'),
        complexity: complexity.toFixed(1),
        description,
      },
    ]),
  );
}

const shownBy = ({ text, proof, target }: Plan['work_orders'][number]['acceptance'][number]) =>
  target === '' ? `${text} (${proof})` : `${text} (${proof}: ${target})`;

function contracts(plan: Plan): Map<string, Fields> {
  return named(
    plan.contracts.map(({ name, kind, path, provider, users, command }) => [
      name,
      { kind, file: path, provider, users: users.join(', '), command },
    ]),
  );
}

/** A refused plan may use a name twice: each of them is numbered among those with its name. */
function named(items: ReadonlyArray<readonly [string, Fields]>): Map<string, Fields> {
  const found = new Map<string, Fields>();
  const seen = new Map<string, number>();
  for (const [name, fields] of items) {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    found.set(count === 1 ? name : `${name} (${count})`, fields);
  }
  return found;
}
