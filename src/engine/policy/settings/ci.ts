// What follows from the checks of a forge (R-SEN-3, R-SEN-6, R-SEN-8).
import {
  type MergePolicy,
  mergePolicies,
  type RerunPolicy,
  rerunPolicies,
  type WhenNoChecks,
  whenNoChecks,
} from '../../../domain/merge-policy.ts';
import { duration, oneOf, whole } from './kinds.ts';

/** Who changes the base branch: only people decide that Moose does. */
export const mergeKey = 'settings.policies.merge';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

export const ci = {
  merge: whole<MergePolicy>({
    key: mergeKey,
    default: 'never',
    kind: 'choice',
    choices: mergePolicies,
    schema: oneOf(mergePolicies),
    title: 'Merge pull requests',
    help: 'never: people merge. green: Moose merges when CI is green. approved: when a reviewer with write access has approved it too. Moose never merges without checks, and never a commit that it did not push. A project and its file can say otherwise.',
  }),
  whenNoChecks: whole<WhenNoChecks>({
    key: 'settings.policies.no_checks',
    default: 'complete',
    kind: 'choice',
    choices: whenNoChecks,
    schema: oneOf(whenNoChecks),
    title: 'If no check reports',
    help: 'complete: the work order is completed, without a merge, and says so. ask: Moose asks a person.',
  }),
  noChecksMs: duration({
    key: 'settings.policies.no_checks_ms',
    environment: 'MOOSE_NO_CHECKS_MS',
    default: 5 * minuteMs,
    min: secondMs,
    max: 24 * 60 * minuteMs,
    title: 'Wait for the first check',
    help: 'How long after a push Moose waits for a first check before it takes it that there is none.',
  }),
  rerun: whole<RerunPolicy>({
    key: 'settings.policies.rerun',
    default: 'flaky',
    kind: 'choice',
    choices: rerunPolicies,
    schema: oneOf(rerunPolicies),
    title: 'Run failed checks again',
    help: 'flaky: once, if the log shows that the machine failed and not the change. always: once. never: each failure goes back to the agent.',
  }),
};
