// What a model reads in a task about tests and configuration (R-GREEN-17). It sees the task alone, and only names that stand
// in the task count. Pure.
import { z } from 'zod';
import { type Asked, nothingAsked } from './asked.ts';
import { askedLimits, askedOf, problemOfAsked } from './given-asked.ts';

const names = z.array(z.string().min(1).max(askedLimits.nameCharsMax)).max(askedLimits.namesMax);

export const readTaskSchema = z.object({
  tests_may_change: z.boolean(),
  needs_test: z.boolean(),
  may_skip: names,
  removes: names,
  may_change: names,
});
export type ReadTask = z.infer<typeof readTaskSchema>;

/** Without names that the task does not write: a pattern for all files would allow all. */
export function askedByModel(task: string, read: ReadTask): Asked {
  const written = (list: readonly string[]) =>
    list.filter((name) => task.toLowerCase().includes(name.trim().toLowerCase()) && /\w{2}/.test(name));
  const asked = askedOf({
    tests: read.tests_may_change ? 'may_change' : 'keep',
    needs_test: read.needs_test,
    skips: written(read.may_skip),
    removes: written(read.removes),
    configuration: written(read.may_change),
  });
  return asked === undefined || problemOfAsked(asked) !== undefined ? nothingAsked : asked;
}
