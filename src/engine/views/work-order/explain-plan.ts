// Why a planned work order has not started: which other work order blocks it, and why that one does not
// progress. Pure.
import { shortId } from '../../../domain/ids.ts';
import { personOf } from '../../../domain/people/person.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import { assertNever } from '../../../stdx/assert-never.ts';
import type { Blocker, PlanWaits } from '../../../store/work/plans/plan-waits.ts';

export function explainPlan(waits: PlanWaits, since: string): string {
  const { waitsFor, blocker } = waits;
  if (waitsFor === 0 || blocker === null) return notStarted(waits, since);
  const others = waitsFor === 1 ? 'another work order' : `${waitsFor} other work orders`;
  return `Waiting for ${since} for ${others} of its spec: ${blocker.planKey} (${shortId(blocker.id)}) ${stateOf(blocker, waits)}`;
}

function notStarted({ specId, runState, runChangedBy }: PlanWaits, since: string): string {
  const spec = shortId(specId);
  const by = personOf(runChangedBy ?? '');
  switch (runState) {
    case 'approved':
      return `Waiting for ${since}: the plan of its spec is approved, and nobody has started it; start it with \`moose spec run ${spec}\`.`;
    case 'paused':
      return `Waiting for ${since}: ${by} paused its spec; \`moose spec resume ${spec}\` continues it.`;
    case 'cancelled':
      return `Waiting for ${since}: ${by} cancelled its spec, and it will be cancelled in a moment.`;
    default:
      return `Waiting for ${since}: everything that it depends on is done, and it starts in a moment.`;
  }
}

function stateOf(blocker: Blocker, { specId }: PlanWaits): string {
  const id = shortId(blocker.id);
  const said = asSentence(blocker.failure?.message ?? '') || 'The cause is unknown.';
  switch (blocker.status) {
    case 'failed':
      return `failed: ${said} \`moose retry ${id}\` starts it again.`;
    case 'cancelled':
      return `is cancelled; \`moose spec retry ${shortId(specId)}\` gives it a new work order.`;
    case 'needs_review':
      return `needs review: ${said} \`moose explain ${id}\` says what you can do.`;
    case 'in_progress':
      return blocker.heldBy === null
        ? `is at ${blocker.step ?? 'its first step'}. It starts automatically when that one is completed.`
        : pausedBy(blocker.heldBy, id);
    case 'pending':
      return blocker.heldBy === null
        ? `has not started yet; \`moose explain ${id}\` says why.`
        : pausedBy(blocker.heldBy, id);
    case 'completed':
      return `is completed, and has to be merged first: \`moose merge ${id}\`.`;
    default:
      return assertNever(blocker.status);
  }
}

const pausedBy = (heldBy: string, id: string): string =>
  `is paused by ${personOf(heldBy)}; \`moose resume ${id}\` continues it.`;
