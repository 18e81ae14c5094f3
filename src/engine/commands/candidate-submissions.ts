// What several candidates for the same work are submitted as: one work order each, with a part of the limit. Pure.

import { candidateLimits } from '../../domain/candidate.ts';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import { commandFailures } from './failure-catalogue.ts';
import type { Submission, SubmissionPart, SubmitInGiven } from './submit.ts';

/** Empty if one work order is to be submitted. The first candidate has the given ID, which is also that of the group. */
export function candidatesFor(
  { bestOf, agents = [], models = [], ...same }: Submission,
  given: SubmitInGiven,
): SubmissionPart[] {
  if (bestOf === undefined) return [];
  return Array.from({ length: bestOf }, (_, index) => ({
    submission: {
      ...same,
      agent: agents[index % agents.length] ?? same.agent,
      model: models[index % models.length] ?? same.model,
      limitNanoUsd: shareOfLimit(same.limitNanoUsd, bestOf),
    },
    given: {
      ...given,
      id: index === 0 ? given.id : newId<WorkOrderId>(given.now),
      candidate: { group: given.id, number: index + 1, of: bestOf },
    },
  }));
}

/** Divided, so that all together stay within the limit whatever each one does. */
export function shareOfLimit(limitNanoUsd: bigint | undefined, count: number): bigint | undefined {
  return limitNanoUsd === undefined ? undefined : limitNanoUsd / BigInt(count);
}

/** Each pair of agent and model that a candidate gets, once; empty members mean that nobody has chosen. */
export function choicesPerCandidate(submission: Submission): Array<Pick<Submission, 'agent' | 'model'>> {
  const { bestOf = 1, agents = [], models = [], agent, model } = submission;
  const all = Array.from({ length: Math.min(bestOf, candidateLimits.max) }, (_, index) => ({
    agent: agents[index % agents.length] ?? agent,
    model: models[index % models.length] ?? model,
  }));
  const isSame = (one: (typeof all)[number], other: typeof one) =>
    one.agent === other.agent && one.model === other.model;
  return all.filter((one, index) => all.findIndex((other) => isSame(one, other)) === index);
}

/** @throws PermanentError `CANDIDATES_INVALID` */
export function refuseCandidates({ bestOf, agents = [], models = [], limitNanoUsd }: Submission): void {
  const problem = problemOf(bestOf, Math.max(agents.length, models.length), limitNanoUsd);
  if (problem === undefined) return;
  throw commandFailures.CANDIDATES_INVALID('submit', {
    problem,
    min: candidateLimits.min,
    max: candidateLimits.max,
  });
}

function problemOf(
  bestOf: number | undefined,
  named: number,
  limitNanoUsd: bigint | undefined,
): string | undefined {
  const { min, max } = candidateLimits;
  if (bestOf === undefined)
    return named > 0 ? 'Several models or agents need several candidates.' : undefined;
  if (!Number.isInteger(bestOf) || bestOf < min || bestOf > max)
    return `A work order can have ${min} to ${max} candidates, not ${bestOf}.`;
  if (named > bestOf) return `There are ${named} models or agents for ${bestOf} candidates.`;
  if (limitNanoUsd !== undefined && limitNanoUsd < BigInt(bestOf))
    return 'The limit is too small to be divided among the candidates.';
  return undefined;
}
