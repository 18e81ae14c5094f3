// What Moose last knew of the branches of a work order, from its results and effects. Pure.
import { z } from 'zod';
import type { ApplyingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { Effect } from '../../../store/work/sessions/effects.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { pushKey } from '../effect-keys.ts';
import type { KnownGround } from './remote-ground.ts';

export function knownGround(
  { id, stackedOn, baseBranch }: Pick<WorkOrder, 'id' | 'stackedOn' | 'baseBranch'>,
  {
    routed,
    applied,
    effects,
    followed,
  }: {
    routed: Pick<RoutingResult, 'baseBranch' | 'branch' | 'publishedSha'>;
    applied: Pick<ApplyingResult, 'headSha'>;
    effects: readonly Effect[];
    /** Of its pull request, as it is stored. */
    followed: unknown;
  },
): KnownGround {
  const push = effects.find((effect) => effect.key === pushKey(id));
  const { sha } = (push?.state === 'done' ? push.detail : {}) as { sha?: string };
  return {
    baseBranch: baseBranch ?? routed.baseBranch,
    startedOn: routed.baseBranch,
    // A stacked change follows its parent change, which may be squashed or rewritten.
    publishedSha: stackedOn === null ? routed.publishedSha : undefined,
    branch: routed.branch,
    remoteSha: sha,
    changeSha: applied.headSha,
    seen: seenHead(followed),
  };
}

const followedSchema = z.object({ head: z.object({ sha: z.string(), baseSha: z.string() }) });

/** What the last look at its pull request found on its branch. */
export const seenHead = (followed: unknown): KnownGround['seen'] =>
  followedSchema.safeParse(followed).data?.head;

/** The authors of commits that Moose has taken in from the branch. */
export function othersIn(push: Pick<Effect, 'detail'> | undefined): string[] {
  const { others } = (push?.detail ?? {}) as { others?: unknown };
  return Array.isArray(others) ? others.map(String) : [];
}
