// The failures of a pull request on its forge, each with what a person can do about it there, which Moose then notices.
import { type FailureClass, type MooseError, PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { PullRequestRow } from '../../store/work/pull-requests.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import type { Found } from './bring-on.ts';
import type { EscalationCode, Next } from './next-of.ts';
import { namesOf } from './next-of-words.ts';

interface About {
  order: Pick<WorkOrder, 'id' | 'refinementCycles'>;
  row: Pick<PullRequestRow, 'number' | 'headBranch' | 'baseBranch'>;
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

export function questionFailure(about: About, code: EscalationCode): MooseError {
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
  return `Push a fix to ${headBranch}, merge or close pull request ${number}, or retry with instructions: \`moose retry ${shortId(id)} --note "…"\`.`;
}

function fieldsOf({ order, row, found: { feedback, seen, logs } }: About) {
  return {
    component: 'sentinel',
    operation: 'wait for CI',
    workOrderId: order.id,
    failureClass: (feedback?.failureClass ?? 'unknown') as FailureClass,
    metadata: {
      ...{ number: row.number, sha: seen.headSha, verdict: seen.verdict },
      checks: seen.checks.map(({ name, state, url }) => ({ name, state, url })).slice(0, 20),
      ...(logs.length > 0 ? { failedSteps: logs.map(({ log }) => log?.failedStep ?? null) } : {}),
      ...(feedback ? { output: feedback.output.slice(-4_000), context: feedback.context } : {}),
    },
  };
}
