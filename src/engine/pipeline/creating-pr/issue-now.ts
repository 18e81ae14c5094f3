// The issue that asked for the work, looked at again before the pull request is opened: people may not want it any more.
import { isMooseError } from '../../../domain/failure.ts';
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import { issueOf } from '../../../store/work/pull-requests/forge-issues.ts';
import type { Forge } from '../../ports/forge.ts';
import { askForge } from '../../recovery/ask-forge.ts';
import type { Work } from '../../run/work.ts';

interface IssueNow {
  /** Names the issue, if it is on the same forge: merging the pull request closes an open issue. */
  text: string;
  changes: GroundChange[];
}

/** An issue that cannot be read now counts as unchanged: nothing of the work depends on it. */
export async function issueNow(work: Work, forge: Forge): Promise<IssueNow> {
  const { database, order, project, run, recovery, signal, logger } = work;
  const issue = await database.run((query) => issueOf(query, order.id), signal);
  if (issue?.host !== forge.host || issue.repository !== forge.repository) return { text: '', changes: [] };
  const { number } = issue;
  const unchanged = { text: `\nCloses #${number}\n`, changes: [] };
  const label = project.settings.intake_label;
  try {
    const context = { workOrderId: order.id, runId: run.id, step: 'creating_pr' } as const;
    const find = () => forge.findIssue(number, signal);
    const now = await askForge({ recovery, forge, signal, context }, 'find issue', find);
    if (now === null) return unchanged;
    const isUnlabelled = issue.labelledBy !== null && label !== undefined && !now.labels.includes(label);
    const changes: GroundChange[] = isUnlabelled ? [{ is: 'issue unlabelled', number, label }] : [];
    if (now.state === 'open') return { ...unchanged, changes };
    const text = `\nIssue #${number} asked for this, and was closed meanwhile.\n`;
    return { text, changes: [{ is: 'issue closed', number }, ...changes] };
  } catch (err) {
    signal.throwIfAborted();
    if (!isMooseError(err)) throw err;
    logger.warn({ err, workOrderId: order.id }, 'could not look at the issue before opening its pull request');
    return unchanged;
  }
}
