// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../domain/catalogue.ts';

export const sentinelFailures = catalogue('sentinel', {
  CHECKS_PROVE_NOTHING: {
    kind: 'permanent',
    message: 'The checks of pull request {number} do not show that it works: {because}.',
    advice: '{advice}',
    reference: {
      advice:
        'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
    },
  },
  CHECKS_STAY_QUEUED: {
    kind: 'external',
    message: 'CI of {where} does not begin: {because}.',
    advice: 'Start a runner with the labels that its jobs name, or cancel the jobs; Moose then continues.',
  },
  CI_BLOCKED: {
    kind: 'external',
    message: 'CI on {host} does not run: {because}.',
    advice: '{blockedAdvice}',
    reference: {
      advice:
        'Approve the waiting jobs, fix the billing of the account, or start a runner; Moose then continues automatically.',
    },
  },
  CI_DEMANDS_WORDS: {
    kind: 'external',
    message: 'CI of {where} is red about what no agent can change: {because}.',
    advice: '{demandAdvice} Moose continues when the check is green.',
    reference: {
      advice:
        'Change the title, the description, the label or the message that the check names; Moose continues when the check is green.',
    },
  },
  CI_FAILED: {
    kind: 'permanent',
    message: '{summary}',
    advice: 'See the checks of its pull request; Moose sends the failure back to the agent.',
    reference: { message: 'CI is red: the failed checks, with the failed step where the forge reports it.' },
  },
  CI_GOES_NOWHERE: {
    kind: 'permanent',
    message: '{red} as before, {after}.',
    advice: '{advice}',
    reference: {
      advice:
        'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
    },
  },
  CI_STAYS_RED: {
    kind: 'permanent',
    message: '{red}, {after}.',
    advice: '{advice}',
    reference: {
      message: 'CI is red after all refinement cycles.',
      advice:
        'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
    },
  },
  COMMITS_NOT_SIGNED_OFF: {
    kind: 'permanent',
    message: 'The commits of pull request {number} are not signed off: {because}.',
    advice: 'Moose signs them off, and pushes them again.',
  },
  FORGE_SEES_CONFLICT: {
    kind: 'external',
    message: 'The forge will not merge {where}: {because}.',
    advice:
      'Moose keeps asking. If the forge does not compute it again, push a commit to the branch and merge it yourself, or retry it with instructions: {retry}.',
  },
  FORGE_UNDECIDED: {
    kind: 'external',
    message: 'The forge does not merge {where}: {because}.',
    advice:
      'Moose keeps asking. If the forge does not compute it, push a commit to the branch and merge it yourself, or retry it with instructions: {retry}.',
  },
  INTAKE_WITHOUT_FORGE: {
    kind: 'configuration',
    message: 'Project {name} turns issues into work orders, but its remote is not on a registered forge.',
    advice:
      'Register its forge with `moose forge add HOST`, or stop reading its issues: `moose project set {name} --no-intake`.',
  },
  MERGE_QUEUE_DROPS_IT: {
    kind: 'permanent',
    message: 'The merge queue drops {where}: {because}.',
    advice:
      'See the checks of its merge group. Add it to the queue again, merge or close it, or retry it with instructions: {retry}.',
  },
  NO_CHECKS_REPORTED: {
    kind: 'permanent',
    message: 'No check has reported on pull request {number}.',
    advice: '{advice}',
    reference: {
      advice:
        'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
    },
  },
  OTHERS_COMMIT_STOPS: {
    kind: 'permanent',
    message: 'Pull request {number} cannot continue: {because}.',
    advice:
      'Let Moose continue on top of these commits: {retry}. Or push a fix to {branch}: Moose then continues by itself.',
  },
  PULL_REQUEST_BEHIND: {
    kind: 'permanent',
    message: 'Pull request {number} does not contain the newest {baseBranch}: {because}.',
    advice: 'Moose merges the base branch into the change and runs its checks again.',
  },
  PULL_REQUEST_CONFLICTS: {
    kind: 'permanent',
    message: 'Pull request {number} conflicts with {baseBranch}, {after}.',
    advice: '{advice}',
    reference: {
      advice:
        'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
    },
  },
  PULL_REQUEST_IN_CONFLICT: {
    kind: 'permanent',
    message: 'Pull request {number} conflicts with {baseBranch}.',
    advice: 'Moose merges the base branch into the change, and an agent resolves the conflict.',
  },
  PULL_REQUEST_STAYS_BEHIND: {
    kind: 'permanent',
    message: 'Pull request {number} keeps falling behind {baseBranch}.',
    advice: '{advice}',
    reference: {
      advice:
        'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
    },
  },
  PULL_REQUEST_WITHOUT_BASE: {
    kind: 'permanent',
    message: 'The base branch {baseBranch} of pull request {number} was deleted on the remote.',
    advice:
      'Say into which branch the change goes. Or push {baseBranch} there again, and open the pull request again if it was closed: Moose then continues.',
  },
  REQUIRED_CHECK_MISSING: {
    kind: 'permanent',
    message: 'The forge will not merge {where}: {because}.',
    advice:
      'Its workflow may not start for these files. Let it report, stop requiring {missing}, or merge the pull request yourself; Moose then continues.',
  },
});

export const sentinelFindings = findings('sentinel', {
  PULL_REQUEST_REVERTED: {
    message: 'Pull request {number} of "{title}" was reverted on {baseBranch}.',
    reference: {
      advice: 'Look at the revert on the forge, and submit a new work order if the change is still wanted.',
    },
  },
  WEBHOOK_UNPLACED: {
    message: 'Gave up on a webhook ({event}) after {attempts} attempts: {because}',
    reference: {
      advice:
        'Look at the delivery in the table `webhook_deliveries`; the usual cause is a branch of Moose without a pull request.',
    },
  },
});
