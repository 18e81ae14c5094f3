// What Moose last knew of the branches of a work order, from its results and effects. Pure.
import type { ApplyingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { Effect } from '../../../store/work/sessions/effects.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Followed } from '../../sentinel/next/followed.ts';
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
    /** Of its pull request. */
    followed: Followed | undefined;
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

/** What the last look at the pull request found on its branch. */
export function seenHead(followed: Followed | undefined): KnownGround['seen'] {
  const { sha, baseSha } = followed?.head ?? {};
  return sha !== undefined && baseSha !== undefined ? { sha, baseSha } : undefined;
}

/** The authors of commits that Moose has taken in from the branch. */
export function othersIn(push: Pick<Effect, 'detail'> | undefined): string[] {
  const { others } = (push?.detail ?? {}) as { others?: unknown };
  return Array.isArray(others) ? others.map(String) : [];
}
