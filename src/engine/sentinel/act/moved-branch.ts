// Whether the branch of a pull request has commits of other people: a run of its work order could not publish there.
import { mayContinue } from '../../commands/start-run-for-messages.ts';
import { isOfOthers, publishedSha, shownLateMsMax } from '../../run/published-sha.ts';
import { standingOf } from '../next/next-of-facts.ts';
import { askForge, type RemarksContext } from '../remarks/remarks-deps.ts';

/** `unsure`: the forge may not show Moose's own push yet. Asked only about a work order that a remark would wake. */
export async function hasMovedBranch(context: RemarksContext): Promise<boolean | 'unsure'> {
  const { order, row, forge, database, clock, signal } = context;
  if (standingOf(order) !== 'waiting' || !mayContinue(order)) return false;
  const pushed = await database.run((query) => publishedSha(query, order.id), signal);
  const find = () => forge.findPullRequest({ number: row.number }, signal);
  const told = await askForge({ ...context, workOrderId: order.id }, 'find', find);
  if (pushed === null || told?.state !== 'open') return false;
  const shas = { headSha: told.headSha, pushedSha: pushed };
  if (!isOfOthers(row, shas)) return false;
  // The last look may have been before that push.
  if (context.compare && !isOfOthers(await context.compare(told), shas)) return false;
  const pushedAtMs = (row.pushedAt ?? row.createdAt).getTime();
  return clock.now().getTime() - pushedAtMs < shownLateMsMax ? 'unsure' : true;
}
