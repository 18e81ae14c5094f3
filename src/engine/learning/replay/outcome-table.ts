import type { OutcomeTableFile } from '../../../contract/contract.ts';
import { dollarsMax } from '../../../domain/learning/costs.ts';
import { tableUnreadable } from './replay-failure.ts';

/** The value of a cell of `passes` without an outcome. */
export const missing = 2;

export interface TableArm {
  arm: string;
  costHint: number | null;
  /** By task: 1, 0 or `missing`. */
  passes: Uint8Array;
  costs: Float64Array;
}

export interface TableTask {
  id: string;
  kind: string;
  /** The features that are known before the task is done. */
  features: Record<string, unknown>;
}

export interface OutcomeTable {
  tasks: TableTask[];
  arms: TableArm[];
  missingCells: number;
}

const tasksMax = 1_000_000;
export const armsMax = 10_000;

/** @param only - the arms to use; all usable ones by default */
export function readOutcomeTable(file: OutcomeTableFile, only?: readonly string[]): OutcomeTable {
  const tasks = tasksOf(file);
  const usable = file.models.filter(({ usable }) => usable !== false);
  assertUnique(
    usable.map(({ key }) => key),
    'arm',
  );
  const unknown = only?.find((arm) => !usable.some(({ key }) => key === arm));
  if (unknown !== undefined) throw tableUnreadable(`it has no usable arm "${unknown}"`);
  const chosen = only ? usable.filter(({ key }) => only.includes(key)) : usable;
  if (chosen.length === 0) throw tableUnreadable('it has no usable arm');
  if (chosen.length > armsMax) throw tableUnreadable(`it has more than ${armsMax} arms`);
  const arms = chosen.map((model) => armOf(model, tasks.length));
  const missingCells = arms.reduce(
    (sum, { passes }) => sum + passes.filter((cell) => cell === missing).length,
    0,
  );
  return { tasks, arms, missingCells };
}

function tasksOf({ instance_ids, instances = [] }: OutcomeTableFile): TableTask[] {
  const ids = instance_ids.map(String);
  if (ids.length === 0) throw tableUnreadable('it has no instances');
  if (ids.length > tasksMax) throw tableUnreadable(`it has more than ${tasksMax} instances`);
  assertUnique(ids, 'instance');
  const described = new Map(instances.map((each, index) => [String(each.id ?? ids[index]), each]));
  return ids.map((id) => {
    const features = knownBefore(described.get(id) ?? {});
    return { id, kind: kindOf(features), features };
  });
}

/** The kind of work is the only feature that the policy uses. */
export function kindOf({ kind }: Record<string, unknown>): string {
  return typeof kind === 'string' || typeof kind === 'number' ? String(kind) : '';
}

/** Columns whose values are only known after the task is solved. */
const knownAfter = /^posthoc_|^difficulty_label$/i;

function knownBefore(instance: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(instance).filter(([name]) => name !== 'id' && !knownAfter.test(name)),
  );
}

function armOf(model: OutcomeTableFile['models'][number], count: number): TableArm {
  const { key, resolved, cost } = model;
  if (resolved.length !== count || cost.length !== count)
    throw tableUnreadable(
      `arm "${key}" has ${resolved.length} results and ${cost.length} costs for ${count} instances`,
    );
  const passes = new Uint8Array(count);
  const costs = new Float64Array(count);
  for (let task = 0; task < count; task += 1) {
    const pass: unknown = resolved[task];
    const dollars: unknown = cost[task];
    if (pass === null || dollars === null) {
      passes[task] = missing;
      continue;
    }
    if (pass !== 0 && pass !== 1 && pass !== true && pass !== false)
      throw tableUnreadable(`arm "${key}" has a result at index ${task} that is neither 1, 0 nor null`);
    if (typeof dollars !== 'number' || !(dollars >= 0 && dollars <= dollarsMax))
      throw tableUnreadable(
        `arm "${key}" has a cost at index ${task} that is neither a number from 0 to ${dollarsMax} nor null`,
      );
    passes[task] = Number(pass);
    costs[task] = dollars;
  }
  return { arm: key, costHint: model.cost_hint ?? null, passes, costs };
}

function assertUnique(names: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw tableUnreadable(`the ${what} "${name}" is in it twice`);
    seen.add(name);
  }
}
