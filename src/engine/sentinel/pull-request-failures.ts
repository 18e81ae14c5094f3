// The failures of a pull request on its forge, each with what a person can do about it there, which Moose then notices.
import {
  ExternalServiceError,
  type FailureClass,
  type MooseError,
  PermanentError,
} from '../../domain/failure.ts';
import type { ObstacleKind } from '../../domain/forge.ts';
import { shortId } from '../../domain/ids.ts';
import type { PullRequestRow } from '../../store/work/pull-requests.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import type { Found } from './advance.ts';
import type { Asked, EscalationCode, Next } from './next-of-facts.ts';
import { namesOf } from './next-of-words.ts';

interface About {
  order: Pick<WorkOrder, 'id' | 'refinementCycles'>;
  row: Pick<PullRequestRow, 'number' | 'host' | 'repository' | 'headBranch' | 'baseBranch'>;
  found: Found;
}

export function backFailure(
  about: About,
  next: Extract<Next, { act: 'refine' | 'rebase' | 'update branch' }>,
): MooseError {
  const { row, found } = about;
  switch (next.act) {
    case 'refine':
      return new PermanentError({
        ...fieldsOf(about),
        code: 'CI_FAILED',
        message: found.feedback?.summary ?? `CI is red: ${namesOf(next.failed)} failed.`,
        advice: 'See the checks of its pull request; Moose sends the failure back to the agent.',
      });
    case 'rebase':
      return new PermanentError({
        ...fieldsOf(about),
        code: 'PULL_REQUEST_IN_CONFLICT',
        message: `Pull request ${row.number} conflicts with ${row.baseBranch}.`,
        advice: 'Moose merges the base branch into the change, and an agent resolves the conflict.',
      });
    case 'update branch':
      return new PermanentError({
        ...fieldsOf(about),
        code: 'PULL_REQUEST_BEHIND',
        message: `Pull request ${row.number} does not contain the newest ${row.baseBranch}.`,
        advice: 'Moose merges the base branch into the change and runs its checks again.',
      });
  }
}

/** A work order waits on the forge for what only people can change there. */
export function waitingFailure(about: About, { code, because, shared }: Asked): MooseError {
  const { row, found } = about;
  const fields = fieldsOf(about);
  const where = `pull request ${row.number} of ${row.repository} on ${row.host}`;
  switch (code) {
    case 'CI_BLOCKED':
      return new ExternalServiceError({
        ...fields,
        code: 'CI_BLOCKED',
        message: `CI on ${row.host} does not run: ${because}.`,
        advice: blockedAdvice[shared ?? 'no runner'],
        metadata: { ...fields.metadata, obstacle: shared ?? null },
      });
    case 'CHECKS_STAY_QUEUED':
      return new ExternalServiceError({
        ...fields,
        code: 'CHECKS_STAY_QUEUED',
        message: `CI of ${where} does not begin: ${because}.`,
        advice:
          'Start a runner with the labels that its jobs name, or cancel the jobs; Moose then continues.',
      });
    case 'REQUIRED_CHECK_MISSING':
      return new PermanentError({
        ...fields,
        code: 'REQUIRED_CHECK_MISSING',
        message: `The forge will not merge ${where}: ${because}.`,
        advice: `Its workflow may not start for these files. Let it report, stop requiring ${found.seen.missing[0] ?? 'it'}, or merge the pull request yourself; Moose then continues.`,
      });
    case 'FORGE_SEES_CONFLICT':
      return new ExternalServiceError({
        ...fields,
        code: 'FORGE_SEES_CONFLICT',
        message: `The forge will not merge ${where}: ${because}.`,
        advice: `Moose keeps asking. If the forge does not compute it again, push a commit to the branch and merge it yourself, or retry it with instructions: ${retryWords(about)}.`,
      });
    case 'MERGE_QUEUE_DROPS_IT':
      return new PermanentError({
        ...fields,
        code: 'MERGE_QUEUE_DROPS_IT',
        message: `The merge queue drops ${where}: ${because}.`,
        advice: `See the checks of its merge group. Add it to the queue again, merge or close it, or retry it with instructions: ${retryWords(about)}.`,
      });
  }
}

const blockedAdvice: Readonly<Record<ObstacleKind, string>> = {
  approval: 'Approve the waiting jobs there; Moose then continues.',
  billing:
    'Bring the payment or the spending limit of that account in order; Moose runs the checks again by itself.',
  'no runner': 'Start a runner that takes these jobs; Moose runs the checks again by itself.',
  'runner lost': 'See why the runner stops; Moose runs the checks again by itself.',
};

export function questionFailure(about: About, code: EscalationCode, because: string): MooseError {
  const { order, row, found } = about;
  const { refinementCycles: cycles } = order;
  const after = `after ${cycles} refinement ${cycles === 1 ? 'cycle' : 'cycles'}`;
  const red = found.feedback?.summary.replace(/\.$/, '') ?? 'CI is red';
  const fields = fieldsOf(about);
  const advice = adviceOnForge(about);
  switch (code) {
    case 'CI_STAYS_RED':
      return new PermanentError({ ...fields, code: 'CI_STAYS_RED', message: `${red}, ${after}.`, advice });
    case 'CI_GOES_NOWHERE':
      return new PermanentError({
        ...fields,
        code: 'CI_GOES_NOWHERE',
        message: `${red} as before, ${after}.`,
        advice,
      });
    case 'NO_CHECKS_REPORTED':
      return new PermanentError({
        ...fields,
        code: 'NO_CHECKS_REPORTED',
        message: `No check has reported on pull request ${row.number}.`,
        advice,
      });
    case 'CHECKS_PROVE_NOTHING':
      return new PermanentError({
        ...fields,
        code: 'CHECKS_PROVE_NOTHING',
        message: `The checks of pull request ${row.number} do not show that it works: ${because}.`,
        advice,
      });
    case 'PULL_REQUEST_STAYS_BEHIND':
      return new PermanentError({
        ...fields,
        code: 'PULL_REQUEST_STAYS_BEHIND',
        message: `Pull request ${row.number} keeps falling behind ${row.baseBranch}.`,
        advice,
      });
    case 'PULL_REQUEST_CONFLICTS':
      return new PermanentError({
        ...fields,
        code: 'PULL_REQUEST_CONFLICTS',
        message: `Pull request ${row.number} conflicts with ${row.baseBranch}, ${after}.`,
        advice,
      });
  }
}

function adviceOnForge({ order: { id }, row: { headBranch, number } }: About): string {
  return `Push a fix to ${headBranch}, merge or close pull request ${number}, or retry with instructions: ${retryWords({ order: { id } })}.`;
}

function retryWords({ order: { id } }: { order: Pick<WorkOrder, 'id'> }): string {
  return `\`moose retry ${shortId(id)} --note "…"\``;
}

function fieldsOf({ order, row, found: { feedback, seen, logs } }: About) {
  return {
    component: 'sentinel',
    operation: 'wait for CI',
    workOrderId: order.id,
    failureClass: (feedback?.failureClass ?? 'unknown') as FailureClass,
    metadata: {
      number: row.number,
      sha: seen.headSha,
      verdict: seen.verdict,
      checks: seen.checks.map(({ name, state, url }) => ({ name, state, url })).slice(0, 20),
      ...(logs.length > 0 ? { failedSteps: logs.map(({ log }) => log?.failedStep ?? null) } : {}),
      ...(feedback ? { output: feedback.output.slice(-4_000), context: feedback.context } : {}),
    },
  };
}
