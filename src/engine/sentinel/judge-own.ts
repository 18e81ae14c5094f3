// Judges the outcome of a work order by what CI and people decide about its pull request, if the change is Moose's own.
import type { Query } from '../../store/database.ts';
import { judgeOutcome } from '../outcomes/judge-outcome.ts';
import type { LookContext } from './follow-deps.ts';

type Own = Pick<LookContext, 'order' | 'pushedSha' | 'clock'>;

/** A commit that somebody else pushed on top says nothing about the model. */
export async function judgeHeld(
  query: Query,
  { order, pushedSha, clock }: Own,
  by: 'ci' | 'merge',
  headSha: string,
): Promise<void> {
  if (headSha === pushedSha) await judgeOutcome(query, order.id, { by, holds: true, at: clock.now() });
}

/** Nobody accepted the change. */
export async function judgeClosed(
  query: Query,
  { order, row, clock }: Own & Pick<LookContext, 'row'>,
): Promise<void> {
  await judgeOutcome(query, order.id, {
    by: 'close',
    holds: false,
    at: clock.now(),
    failureClass: 'unknown',
    errorContext: { because: `pull request ${row.number} was closed without a merge` },
  });
}
