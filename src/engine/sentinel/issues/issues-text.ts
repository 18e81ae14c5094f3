// The texts between an issue and its work order: the request, and the one comment that reports the state. Pure.
import { foreignText } from '../../../domain/forge/forge-text.ts';
import { shortId } from '../../../domain/ids.ts';
import { redact } from '../../../domain/text/redact.ts';
import { visibleLine, visibleText } from '../../../domain/text/visible-text.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import type { PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { ForgeIssue } from '../../ports/forge.ts';

const bodyCharsMax = 20_000;

/** The title and the description of the work order. */
export function requestOf(
  issue: Pick<ForgeIssue, 'number' | 'url' | 'title' | 'body' | 'author'>,
  repository: string,
): { title: string; description: string } {
  const title = visibleLine(issue.title).trim().slice(0, workOrderLimits.titleCharsMax);
  const body = visibleText(issue.body).trim();
  const cut = body.length > bodyCharsMax ? `${body.slice(0, bodyCharsMax)} …` : body;
  const quoted = cut
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${line}`)
    .join('\n');
  const from = `Issue #${issue.number} of ${repository}, written by ${visibleLine(issue.author)}, asks for this:`;
  return {
    title: title === '' ? `Issue #${issue.number}` : title,
    description: body === '' ? `${from} see the title.` : `${from}\n\n${quoted}`,
  };
}

export type ReportedOrder = Pick<
  WorkOrder,
  'id' | 'status' | 'step' | 'failure' | 'pullRequestUrl' | 'isVerified' | 'notVerifiedBecause'
>;
type Published = Pick<PullRequestRow, 'state' | 'waitingFor'> | undefined;

export interface Report {
  text: string;
  /** The state is final. */
  isLast: boolean;
}

export function reportOf(order: ReportedOrder, published: Published): Report {
  const id = shortId(order.id);
  const text = `${sentenceOf(order, published)}\n\nWork order \`${id}\`. Moose edits this comment when that changes.`;
  const isOver = order.status === 'cancelled' || order.status === 'completed';
  return { text, isLast: isOver && published?.state !== 'open' };
}

function sentenceOf(order: ReportedOrder, published: Published): string {
  const url = order.pullRequestUrl;
  const verified =
    order.isVerified === false ? `, not verified: ${safe(order.notVerifiedBecause ?? '')}` : '';
  switch (order.status) {
    case 'pending':
      return 'Moose has accepted this and will start soon.';
    case 'in_progress':
      if (order.step !== 'awaiting_ci' || url === null) return 'Moose is working on this.';
      return `Moose proposed a change: ${url}. ${safe(published?.waitingFor ?? 'It waits for its checks.')}`;
    case 'needs_review':
      return `Moose asked a person how to continue${because(order)}${url === null ? '.' : `. The change so far: ${url}`}`;
    case 'failed':
      return `Moose could not do this${because(order)}.`;
    case 'cancelled':
      return 'The work on this was cancelled.';
    case 'completed':
      if (url === null) return 'Moose has done this.';
      if (published?.state === 'merged') return `Done, and merged: ${url}`;
      if (published?.state === 'closed') return `The proposed change was closed without being merged: ${url}`;
      return `Moose proposed a change: ${url}${verified}`;
  }
}

function because({ failure }: ReportedOrder): string {
  return failure === null ? '' : `: ${safe(failure.message).replace(/\.$/, '')}`;
}

const safe = (text: string) => foreignText(redact(text)).replace(/\s+/g, ' ').trim();
