// What verification found about a change beyond the exit codes of its checks (R-GREEN-1, R-GREEN-5).

/** `refuses`: the change is not verified. `tells`: people read it, and decide. */
export const findingWeights = ['refuses', 'tells'] as const;
export type FindingWeight = (typeof findingWeights)[number];

export const findingKinds = [
  'failed_but_passed',
  'ended_early',
  'from_cache',
  'green_only_by_its_tests',
  'green_only_by_its_configuration',
  'test_lost',
  'test_skipped',
  'fewer_cases',
  'test_retried',
  'test_changed',
  'never_red',
  'suppression',
  'assertion_weakened',
  'threshold_lowered',
  'acts_otherwise_under_test',
  'value_of_test_in_product',
  'error_swallowed',
  'exit_in_test',
  'unit_replaced',
  'hidden_from_diff',
  'result_ignored',
  'ci_changed',
  'not_judged',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  weight: FindingWeight;
  kind: FindingKind;
  /** One sentence for a person and for the agent, with the names. */
  text: string;
  /** Paths in the repository; empty if it concerns the whole change. */
  files: readonly string[];
  /** Names as the runner reports them. */
  tests: readonly string[];
}
