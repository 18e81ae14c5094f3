// The answer to `/moose explain`: the state of a work order, with the reason, in a comment on its pull request.

import { foreignText } from '../../../domain/forge/forge-text.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsd } from '../../../domain/money.ts';
import { counted } from '../../../domain/text/counted.ts';
import { redact } from '../../../domain/text/redact.ts';
import type { Query } from '../../../store/database.ts';
import type { PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import { costOfWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

export async function explain(query: Query, order: WorkOrder, row: PullRequestRow): Promise<string> {
  return explainText(order, row, await costOfWorkOrder(query, order.id));
}

/** Pure. */
export function explainText(
  order: WorkOrder,
  { waitingFor, verdict, headSha }: Pick<PullRequestRow, 'waitingFor' | 'verdict' | 'headSha'>,
  costNanoUsd: bigint,
): string {
  const at = order.step === null ? '' : `, at \`${order.step}\``;
  const limit = order.limitNanoUsd === null ? '' : ` of ${formatUsd(order.limitNanoUsd)}`;
  const { refinementCycles, refinementCyclesMax, modelCalls, failure } = order;
  const lines = [
    `Asked: ${order.title}`,
    `State: ${order.status.replace('_', ' ')}${at}${order.changedBecause ? ` (${order.changedBecause})` : ''}`,
    waitingFor && `Waits for: ${waitingFor}`,
    `CI: ${verdict ?? 'not asked yet'}, for ${headSha.slice(0, 12)}`,
    failure && `Failure: ${failure.message}`,
    order.isVerified === false && `Not verified: ${order.notVerifiedBecause ?? ''}`,
    `Spent: ${formatUsd(costNanoUsd)}${limit}, ${counted(modelCalls, 'model call')}, ${refinementCycles} of ${counted(refinementCyclesMax, 'refinement cycle')}`,
  ].filter((line) => typeof line === 'string');
  const told = lines.map((line) => `- ${foreignText(redact(line)).replace(/\s+/g, ' ')}`);
  return [`Work order \`${shortId(order.id)}\``, '', ...told].join('\n');
}
