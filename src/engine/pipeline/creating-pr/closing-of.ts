// The issue that asked for the work, looked at again before the pull request is opened: people may not want it any more.
import { isMooseError } from '../../../domain/failure.ts';
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import { issueOf } from '../../../store/work/pull-requests/forge-issues.ts';
import type { Forge } from '../../ports/forge.ts';
import { askForge } from '../../recovery/ask-forge.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import { fenced, type Work } from '../../run/work.ts';

/**
 * The words of a pull request about its issue, if that is on the same forge: merging closes an open issue. An issue that
 * cannot be read now counts as unchanged.
 */
export async function closingOf(work: Work, forge: Forge): Promise<string> {
  const { database, order, project, run, recovery, signal, logger } = work;
  const issue = await database.run((query) => issueOf(query, order.id), signal);
  if (issue?.host !== forge.host || issue.repository !== forge.repository) return '';
  const { number } = issue;
  const closes = `\nCloses #${number}\n`;
  const label = project.settings.intake_label;
  try {
    const context = { workOrderId: order.id, runId: run.id, step: 'creating_pr' } as const;
    const find = () => forge.findIssue(number, signal);
    const now = await askForge({ recovery, forge, signal, context }, 'find issue', find);
    if (now === null) return closes;
    const isUnlabelled = issue.labelledBy !== null && label !== undefined && !now.labels.includes(label);
    const changes: GroundChange[] = isUnlabelled ? [{ is: 'issue unlabelled', number, label }] : [];
    if (now.state === 'closed') changes.unshift({ is: 'issue closed', number });
    if (changes.length > 0) await fenced(work, (query) => tellGround(query, order, changes, work.actor));
    return now.state === 'open' ? closes : `\nIssue #${number} asked for this, and was closed meanwhile.\n`;
  } catch (err) {
    signal.throwIfAborted();
    if (!isMooseError(err)) throw err;
    logger.warn(
      { err, workOrderId: order.id },
      'could not look at the issue before opening its pull request',
    );
    return closes;
  }
}
