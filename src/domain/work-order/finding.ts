// What verification found about a change beyond the exit codes of its checks (R-GREEN-1, R-GREEN-5).

import { z } from 'zod';

/** `refuses`: the change is not verified. `tells`: people read it, and decide. */
const findingWeights = ['refuses', 'tells'] as const;
export type FindingWeight = (typeof findingWeights)[number];

/** What each kind means, and when it only tells; the document on verification prints it. */
export const findingKinds = {
  failed_but_passed: {
    means: 'the check ended as passed, and its runner reports a failed test',
    tellsIf: null,
  },
  ended_early: { means: 'the check ended as passed, and its runner never came to its end', tellsIf: null },
  from_cache: {
    means: 'results came from a cache, or the change brings results or caches of tools',
    tellsIf: 'the change brings them: the checks run again without them',
  },
  green_only_by_its_tests: {
    means:
      'a test of the base fails on the change, which alters the test, what runs it or what compares for it',
    tellsIf: 'the task asks to rename, replace or remove what the test uses, and the test was green before',
  },
  green_only_by_its_configuration: {
    means: 'another check fails with the configuration of the base',
    tellsIf: 'the task asks for that configuration',
  },
  test_lost: {
    means: 'a test that ran on the base no longer runs, and no other test looks at the same',
    tellsIf: 'the task asks to remove it, or what it tests, and the change removes that',
  },
  test_skipped: {
    means:
      'a test that ran on the base is skipped, to be done or expected to fail now, or an added one expects to fail',
    tellsIf: 'the task asks to skip it',
  },
  fewer_cases: { means: 'a test has fewer cases than on the base', tellsIf: 'the task asks to remove them' },
  test_emptied: {
    means: 'a test of the base has no assertion left, and no longer looks at the same',
    tellsIf: 'the task asks to change the tests',
  },
  test_retried: { means: 'a test passed only when it ran again', tellsIf: 'always' },
  test_changed: {
    means: 'a test of the base fails on the change, which adapts it and lets it demand as much',
    tellsIf: 'always',
  },
  never_red: {
    means: 'an added test also passes without the change, or the change leaves the product as it was',
    tellsIf:
      'the task asks for no test and the change is not of tests alone, or another added test fails without the change',
  },
  no_test_added: {
    means: 'the task asks for a test, and the change adds none',
    tellsIf: 'always',
  },
  suppression: {
    means: 'a comment or an attribute tells a checker to look away',
    tellsIf: 'it names one rule and its reason, or the task asks for it',
  },
  threshold_lowered: {
    means: 'a limit of coverage, warnings or retries, or a rule of a checker, is less strict',
    tellsIf: 'the task asks for it',
  },
  acts_otherwise_under_test: {
    means: 'the product finds out whether a test runs it, or alters what tests compare with',
    tellsIf: 'the task is about that variable',
  },
  value_of_test_in_product: {
    means: 'the product has an argument and its result that only a test has',
    tellsIf: null,
  },
  error_swallowed: {
    means: 'an error is dropped where it was reported',
    tellsIf: 'only one named error is handled, or the task asks for it',
  },
  exit_in_test: { means: 'a test or its set-up ends the run, or changes how it ends', tellsIf: null },
  hidden_from_diff: {
    means: 'attributes hide source files from diffs and reviews',
    tellsIf: 'the task asks for it',
  },
  result_ignored: {
    means: 'a script, a definition or a test ignores how a check ends, or alters what it compares with',
    tellsIf: 'the task is about that file',
  },
  no_report: {
    means:
      'the runner of the tests names none of them, so those of the base and of the change are not compared',
    tellsIf: 'always',
  },
  red_together: {
    means: 'a check fails on the change together with another open change, and passes on each of them alone',
    tellsIf: null,
  },
  configuration_changed: {
    means: 'settings, scripts or locks are changed that may say how checks run',
    tellsIf: 'always',
  },
  not_examined: {
    means: 'a part of the change, or of what judges it, could not be read',
    tellsIf: null,
  },
  ci_changed: { means: 'the definition of continuous integration is changed', tellsIf: 'always' },
} as const satisfies Record<string, { means: string; tellsIf: string | null }>;
export type FindingKind = keyof typeof findingKinds;
export const findingKindNames = Object.keys(findingKinds) as FindingKind[];

export const findingSchema = z.object({
  weight: z.enum(findingWeights),
  kind: z.enum(findingKindNames),
  /** One sentence for a person and for the agent, with the names. */
  text: z.string(),
  /** Paths in the repository; empty if it concerns the whole change. */
  files: z.array(z.string()).readonly(),
  /** Names as the runner reports them. */
  tests: z.array(z.string()).readonly(),
});
export type Finding = z.infer<typeof findingSchema>;
