// The failures of a pull request on its forge, each with what a person can do about it there, which Moose then notices.

import type { FailureClass, MooseError } from '../../domain/failure.ts';
import type { DemandKind } from '../../domain/forge/demand-words.ts';
import type { ObstacleKind } from '../../domain/forge/forge.ts';
import { shortId } from '../../domain/ids.ts';
import type { PullRequestRow } from '../../store/work/pull-requests/pull-requests.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { sentinelFailures } from './failure-catalogue.ts';
import type { Found } from './found.ts';
import { type Asked, type EscalationCode, type Next, namesOf } from './next/next-of-facts.ts';

interface About {
  order: Pick<WorkOrder, 'id' | 'refinementCycles'>;
  row: Pick<PullRequestRow, 'number' | 'host' | 'repository' | 'headBranch' | 'baseBranch'>;
  found: Found;
}

export function backFailure(
  about: About,
  next: Extract<Next, { act: 'refine' | 'rebase' | 'update branch' | 'sign off' }>,
): MooseError {
  const { row, found } = about;
  switch (next.act) {
    case 'refine':
      return sentinelFailures.CI_FAILED(
        { ...fieldsOf(about) },
        { summary: found.feedback?.summary ?? `CI is red: ${namesOf(next.failed)} failed.` },
      );
    case 'rebase':
      return sentinelFailures.PULL_REQUEST_IN_CONFLICT(
        { ...fieldsOf(about) },
        { number: row.number, baseBranch: row.baseBranch },
      );
    case 'update branch':
      return sentinelFailures.PULL_REQUEST_BEHIND(
        { ...fieldsOf(about) },
        { number: row.number, baseBranch: row.baseBranch, because: next.because },
      );
    case 'sign off':
      return sentinelFailures.COMMITS_NOT_SIGNED_OFF(
        { ...fieldsOf(about) },
        { number: row.number, because: next.because },
      );
  }
}

/** A work order waits on the forge for what only people can change there. */
export function waitingFailure(about: About, { code, because, shared, demand }: Asked): MooseError {
  const { row, found } = about;
  const fields = fieldsOf(about);
  const where = `pull request ${row.number} of ${row.repository} on ${row.host}`;
  switch (code) {
    case 'CI_BLOCKED':
      return sentinelFailures.CI_BLOCKED(
        { ...fields, metadata: { ...fields.metadata, obstacle: shared ?? null } },
        { host: row.host, because, blockedAdvice: blockedAdvice[shared ?? 'no runner'] },
      );
    case 'CI_DEMANDS_WORDS':
      return sentinelFailures.CI_DEMANDS_WORDS(fields, {
        where,
        because,
        demandAdvice: demandAdvice(about, demand ?? 'label'),
      });
    case 'CHECKS_STAY_QUEUED':
      return sentinelFailures.CHECKS_STAY_QUEUED(fields, { where, because });
    case 'REQUIRED_CHECK_MISSING':
      return sentinelFailures.REQUIRED_CHECK_MISSING(fields, {
        where,
        because,
        missing: found.seen.missing[0] ?? 'it',
      });
    case 'FORGE_SEES_CONFLICT':
      return sentinelFailures.FORGE_SEES_CONFLICT(fields, { where, because, retry: retryWords(about) });
    case 'FORGE_UNDECIDED':
      return sentinelFailures.FORGE_UNDECIDED(fields, { where, because, retry: retryWords(about) });
    case 'MERGE_QUEUE_DROPS_IT':
      return sentinelFailures.MERGE_QUEUE_DROPS_IT(fields, { where, because, retry: retryWords(about) });
  }
}

function demandAdvice({ row: { number, headBranch } }: About, demand: DemandKind): string {
  const onForge = `of pull request ${number} on the forge`;
  switch (demand) {
    case 'sign-off':
    case 'commit message':
      return `Change it with \`git commit --amend\` on ${headBranch}, and push it with \`git push --force-with-lease\`; Moose takes the commit as its own.`;
    case 'title':
      return `Change the title ${onForge}; Moose keeps yours.`;
    case 'description':
      return `Change the description ${onForge}; Moose keeps yours.`;
    case 'label':
      return `Set the label ${onForge}.`;
    case 'agreement':
      return 'Sign it for the account that Moose uses.';
    case 'link':
      return `Name the issue in the description ${onForge}; Moose keeps yours.`;
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
      return sentinelFailures.CI_STAYS_RED(fields, { red, after, advice });
    case 'CI_GOES_NOWHERE':
      return sentinelFailures.CI_GOES_NOWHERE(fields, { red, after, advice });
    case 'NO_CHECKS_REPORTED':
      return sentinelFailures.NO_CHECKS_REPORTED(fields, { number: row.number, advice });
    case 'CHECKS_PROVE_NOTHING':
      return sentinelFailures.CHECKS_PROVE_NOTHING(fields, { number: row.number, because, advice });
    case 'PULL_REQUEST_STAYS_BEHIND':
      return sentinelFailures.PULL_REQUEST_STAYS_BEHIND(fields, {
        number: row.number,
        baseBranch: row.baseBranch,
        advice,
      });
    case 'OTHERS_COMMIT_STOPS':
      return sentinelFailures.OTHERS_COMMIT_STOPS(fields, {
        number: row.number,
        because,
        branch: row.headBranch,
        retry: `\`moose retry ${shortId(order.id)}\``,
      });
    case 'PULL_REQUEST_CONFLICTS':
      return sentinelFailures.PULL_REQUEST_CONFLICTS(fields, {
        number: row.number,
        baseBranch: row.baseBranch,
        after,
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
