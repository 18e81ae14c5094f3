// Turns issues into work orders, and reports their state in one comment on each issue, which is edited (R-SEN-5).

import type { Logger } from 'pino';
import type { MooseError } from '../../../domain/failure.ts';
import type { Database } from '../../../store/database.ts';
import { type DueIntake, dueIntakes, hasDueIntake } from '../../../store/work/pull-requests/forge-intakes.ts';
import {
  dueIssues,
  type ForgeIssueRow,
  hasDueIssue,
  issueLooked,
} from '../../../store/work/pull-requests/forge-issues.ts';
import { pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import { anyOf } from '../../../store/work/runs/due-jobs.ts';
import { workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import type { ErrorLog } from '../../errors/error-log.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { lookAtEachHost } from '../each-host.ts';
import { askForge, type RemarksDeps } from '../remarks/remarks-deps.ts';
import { takeIssues } from './issues-take.ts';
import { type Report, reportOf } from './issues-text.ts';

export interface IssuesDeps extends RemarksDeps {
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
}

export const issuesJobName = 'issues';
const everyMs = 5_000;
/** Maximum per round; the rest is handled in the next. */
const intakesMax = 50;
const issuesMax = 200;
/** This often, only the database is read; the comment is edited only when its text changes. */
const reportEveryMs = 10_000;
const afterFailureMs = 2 * 60_000;
const afterRefusalMs = 6 * 60 * 60_000;
/** After the last report that was taken. A host also says that an issue is gone while Moose has no access to it. */
const refusedForMs = 7 * 24 * 60 * 60_000;

export function issuesJob(deps: IssuesDeps): PeriodicJob {
  const note = (thrown: unknown, operation: string) => {
    const error = toMooseError(thrown, 'sentinel', operation);
    deps.logger.warn({ err: error }, 'could not read issues of a forge; retrying later');
    deps.errors.record(error, { strategy: 'retry' });
    return error;
  };
  return {
    name: issuesJobName,
    everyMs,
    due: anyOf(hasDueIntake, hasDueIssue),
    run: async (signal) => {
      const { database } = deps;
      const take = async (intakes: readonly DueIntake[]) => {
        for (const intake of intakes) {
          const error = await takeIssues(deps, intake, signal);
          if (error) note(error, 'take issues');
        }
      };
      const reportAll = async (issues: readonly ForgeIssueRow[]) => {
        for (const issue of issues) await reportOrPostpone(deps, issue, note, signal);
      };
      const intakes = () => database.run((query) => dueIntakes(query, intakesMax), signal);
      await lookAtEachHost({ find: intakes, look: take, everyMs }, signal);
      const issues = () => database.run((query) => dueIssues(query, issuesMax), signal);
      await lookAtEachHost({ find: issues, look: reportAll, everyMs }, signal);
    },
  };
}

/** What the forge does not take, as on a locked or deleted issue, is not repeated all day. */
async function reportOrPostpone(
  deps: IssuesDeps,
  issue: ForgeIssueRow,
  note: (thrown: unknown, operation: string) => MooseError,
  signal: AbortSignal,
): Promise<void> {
  try {
    await report(deps, issue, signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    const error = note(cause, 'report on issue');
    const isRefused = error.category === 'permanent' || error.category === 'configuration';
    const delayMs = isRefused ? afterRefusalMs : afterFailureMs;
    const heardAt = issue.toldAt ?? issue.seenAt;
    const isGivenUp = isRefused && deps.clock.now().getTime() - heardAt.getTime() > refusedForMs;
    const nextInMs = isGivenUp ? null : Math.max(error.retryAfterMs ?? 0, delayMs);
    await deps.database.run((query) => issueLooked(query, issue, { nextInMs }), signal);
  }
}

async function report(deps: IssuesDeps, issue: ForgeIssueRow, signal: AbortSignal): Promise<void> {
  const { database } = deps;
  const said = await database.run((query) => reportNow({ query }, issue), signal);
  if (said === null) return database.run((query) => issueLooked(query, issue, { nextInMs: null }), signal);
  const { text, isLast } = said;
  const nextInMs = isLast ? null : reportEveryMs;
  if (text === issue.told) return database.run((query) => issueLooked(query, issue, { nextInMs }), signal);
  const forge = await deps.forges.of(issue.projectId, signal);
  // The project's remote was changed: the new forge does not know this issue.
  if (forge.host !== issue.host || forge.repository !== issue.repository)
    return database.run((query) => issueLooked(query, issue, { nextInMs: null }), signal);
  const saying = { number: issue.number, onIssue: true, text, key: `issue:${issue.workOrderId}` };
  await askForge({ ...deps, forge, signal }, 'comment', () => forge.say(saying, signal));
  deps.reached('issues:told');
  await database.run((query) => issueLooked(query, issue, { told: text, nextInMs }), signal);
}

async function reportNow(
  { query }: Pick<Database, 'query'>,
  { workOrderId }: ForgeIssueRow,
): Promise<Report | null> {
  if (workOrderId === null) return null;
  const order = await workOrderById(query, workOrderId);
  return order ? reportOf(order, await pullRequestOf(query, workOrderId)) : null;
}
