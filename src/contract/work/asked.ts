// What the task of a work order allows to change among what judges it (R-GREEN-17).
import { z } from '@hono/zod-openapi';
import { askedLimits, askedPathPattern } from '../../domain/work-order/given-asked.ts';

const name = z.string().max(askedLimits.nameCharsMax);
const names = z.array(name).max(askedLimits.namesMax).readonly();
const paths = z
  .array(name.regex(askedPathPattern, `Must have at most ${askedLimits.starsMax} stars`))
  .max(askedLimits.namesMax)
  .readonly();

const tests = z.enum(['keep', 'may_change']).openapi({
  description:
    '`may_change`: tests may demand less, or something else. `keep`: they may follow what the change does, and demand as much.',
});
const needsTest = z
  .boolean()
  .openapi({ description: 'Whether the change must bring a test that fails without it.' });
const skips = names.openapi({ description: 'Names of tests that may be skipped.' });
const removes = names.openapi({ description: 'Names or paths of what goes, with its tests.' });
const configuration = paths.openapi({
  description:
    'Paths of settings, scripts and locks that may change; `*` stands for any part of a name, `**` for folders too.',
});

export const askedSchema = z
  .object({ tests, needs_test: needsTest, skips, removes, configuration })
  .openapi('Asked', {
    description: 'What the task allows to change among tests and configuration.',
  });
export type Asked = z.infer<typeof askedSchema>;

/** Members that are left out ask for nothing. */
export const givenAskedSchema = z.strictObject({
  tests: tests.optional(),
  needs_test: needsTest.optional(),
  skips: skips.optional(),
  removes: removes.optional(),
  configuration: configuration.optional(),
});
