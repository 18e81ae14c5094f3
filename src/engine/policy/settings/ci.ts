// What Moose does after a forge's checks (R-SEN-3, R-SEN-6, R-SEN-8).
import {
  type MergePolicy,
  mergePolicies,
  type RerunPolicy,
  rerunPolicies,
  type WhenNoChecks,
  whenNoChecks,
} from '../../../domain/forge/merge-policy.ts';
import { duration, oneOf, whole } from './kinds.ts';

/** Only people may let Moose change the base branch. */
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
    help: 'never: people merge. green: Moose merges when CI is green. approved: when a reviewer with write access has approved it too. Moose merges without checks only if settings.policies.no_checks says so, and never a commit that it did not push. A project or its .moose/config.yml can set another value.',
  }),
  whenNoChecks: whole<WhenNoChecks>({
    key: 'settings.policies.no_checks',
    default: 'ask-before-merge',
    kind: 'choice',
    choices: whenNoChecks,
    schema: oneOf(whenNoChecks),
    title: 'If no check reports',
    help: 'ask-before-merge: Moose asks a person if it is to merge the pull request, and otherwise completes the work order. complete: Moose completes it without a merge, and says so. ask: Moose always asks. merge: Moose merges by the policy if there is no check at all. The same holds for checks that prove nothing, such as those of bots, which Moose never merges.',
  }),
  noChecksMs: duration({
    key: 'settings.policies.no_checks_ms',
    environment: 'MOOSE_NO_CHECKS_MS',
    default: 5 * minuteMs,
    min: secondMs,
    max: 24 * 60 * minuteMs,
    title: 'Wait for the first check',
    help: 'How long Moose waits for a first check after a push before it assumes that there are none.',
  }),
  rerun: whole<RerunPolicy>({
    key: 'settings.policies.rerun',
    default: 'flaky',
    kind: 'choice',
    choices: rerunPolicies,
    schema: oneOf(rerunPolicies),
    title: 'Run failed checks again',
    help: 'flaky: once, if the log shows that the machine failed, not the change. always: once. never: each failure goes back to the agent.',
  }),
};
