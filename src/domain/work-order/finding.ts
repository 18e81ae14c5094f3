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
    means: 'results came from a cache',
    tellsIf: null,
  },
  green_only_by_its_tests: {
    means:
      'the check fails on the base with the product of the change, and nothing explains why the change alters its tests, what serves them or their data',
    tellsIf: 'tests may change: `asked`',
  },
  green_only_by_its_configuration: {
    means: 'the check fails with the settings, scripts and locks of the base',
    tellsIf: 'that path was asked for',
  },
  cannot_fail: {
    means:
      'the check passes with a source of the product that cannot be read, and does not without what the change alters of how it runs',
    tellsIf: null,
  },
  test_lost: {
    means: 'a test that ran on the base no longer runs',
    tellsIf: 'what it tested is gone, it runs in another form, or its removal was asked for',
  },
  test_skipped: {
    means: 'a test that ran on the base, or that the change adds, is skipped, to be done or expected to fail',
    tellsIf: 'its skip was asked for, or others that the change adds run and no test was asked for',
  },
  fewer_cases: {
    means: 'a test has fewer cases than on the base, and names fewer values',
    tellsIf: 'its cases still stand, or tests may change',
  },
  test_emptied: {
    means: 'a test of the base demands nothing any more',
    tellsIf: 'tests may change',
  },
  test_retried: { means: 'a test passed only when it ran again', tellsIf: 'always' },
  test_changed: {
    means: 'a test, its data or what serves it follows what the change does, and demands as much',
    tellsIf: 'always',
  },
  never_red: {
    means: 'an added test also passes without the change',
    tellsIf: 'what it demands can fail, and no test was asked for or another one fails without the change',
  },
  unproved: {
    means: 'with the body of a function of the change emptied, all tests pass: no test notices what it does',
    tellsIf:
      'no test was asked for, a test proves the change or notices another of its functions, and no test that names it had to change',
  },
  test_not_run: {
    means:
      'a test that the change adds does not run, because another one of its file has its name, or none of them runs and others beside them do',
    tellsIf: null,
  },
  no_test_added: {
    means: 'a test was asked for, and the change adds none',
    tellsIf: null,
  },
  suppression: {
    means: 'a comment or an attribute tells a checker to look away',
    tellsIf: 'it names one rule and its reason',
  },
  threshold_lowered: {
    means:
      'a limit of coverage, warnings or retries was made less strict; verdicts of earlier versions of Moose have it',
    tellsIf: 'always',
  },
  acts_otherwise_under_test: {
    means: 'the product newly looks at who runs it, or alters what it is compared with',
    tellsIf: 'the task names what it reads, or the base knows the setting',
  },
  value_of_test_in_product: {
    means: 'the product has an argument and its result that only a test has',
    tellsIf: null,
  },
  error_swallowed: {
    means: 'an error is dropped where it was reported',
    tellsIf: 'only one named error is handled, or nothing reported it before',
  },
  exit_in_test: {
    means: 'a test ends the run, or changes how it ends; verdicts of earlier versions of Moose have it',
    tellsIf: 'always',
  },
  hidden_from_diff: {
    means: 'attributes hide source files from diffs and reviews',
    tellsIf: 'that path was asked for',
  },
  result_ignored: {
    means: 'what runs the tests newly alters what they compare with',
    tellsIf: null,
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
