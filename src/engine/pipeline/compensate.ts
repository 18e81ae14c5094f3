// Immediately undoes what a run did before it had a change to keep (R-PIPE-9).
import type { EffectKind } from '../../store/schema/column-shapes.ts';
import { undoEffects } from '../effects/undo-effects.ts';
import { type ApplyingResult, findResult, type RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';

/** The reservation is not in this list: it is released with the accounts of the run. */
const undone: readonly EffectKind[] = ['pull_request', 'push', 'session', 'worktree', 'branch'];

/** Null if everything is undone; otherwise what is left, and why. An effect that cannot be undone is recorded and stays. */
export async function compensate(work: Work): Promise<string | null> {
  const routed = await findResult<RoutingResult>(work, 'routing');
  const applied = await findResult<ApplyingResult>(work, 'applying');
  if (routed && applied && applied.headSha !== routed.baseSha) return 'the change that was made is kept';
  const [failure] = await undoEffects(work, undone);
  return failure === undefined ? null : `not everything could be undone: ${failure.message}`;
}
