// What Moose may do with a pull request without a person (R-SEN-8, R-SEN-6, R-SEN-3).

/** `approved`: green, and approved by a reviewer with write access. The first is the default. */
export const mergePolicies = ['never', 'green', 'approved'] as const;
export type MergePolicy = (typeof mergePolicies)[number];

const strictestFirst: readonly MergePolicy[] = ['never', 'approved', 'green'];

export function stricterOf(one: MergePolicy, other: MergePolicy): MergePolicy {
  return strictestFirst.indexOf(one) <= strictestFirst.indexOf(other) ? one : other;
}

/**
 * What becomes of a work order if no check reports, or those that do prove nothing. The first is the default: where
 * Moose is to merge, it asks, otherwise it completes the work order. `merge`: if there is no check at all.
 */
export const whenNoChecks = ['ask-before-merge', 'complete', 'ask', 'merge'] as const;
export type WhenNoChecks = (typeof whenNoChecks)[number];

/** `flaky`: checks whose log shows that the machine failed, not the change. The first is the default. */
export const rerunPolicies = ['flaky', 'always', 'never'] as const;
export type RerunPolicy = (typeof rerunPolicies)[number];
