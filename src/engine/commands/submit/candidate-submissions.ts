// What several candidates for the same work are submitted as: one work order each. Pure.
import { groupLimits } from '../../../domain/group.ts';
import { commandFailures } from '../failure-catalogue.ts';
import { partsOfGroup } from '../group-parts.ts';
import type { Submission, SubmissionPart, SubmitInGiven } from './submission.ts';

/** Empty if one work order is to be submitted. */
export function candidatesFor(
  { bestOf, agents = [], models = [], ...same }: Submission,
  given: SubmitInGiven,
): SubmissionPart[] {
  if (bestOf === undefined) return [];
  const parts = Array.from({ length: bestOf }, (_, index) => ({
    projectId: given.projectId,
    submission: {
      ...same,
      agent: agents[index % agents.length] ?? same.agent,
      model: models[index % models.length] ?? same.model,
    },
  }));
  return partsOfGroup('candidates', given, parts);
}

/** Each pair of agent and model that a candidate gets, once; empty members mean that nobody has chosen. */
export function choicesPerCandidate(submission: Submission): Array<Pick<Submission, 'agent' | 'model'>> {
  const { bestOf = 1, agents = [], models = [], agent, model } = submission;
  const all = Array.from({ length: Math.min(bestOf, groupLimits.max) }, (_, index) => ({
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
    min: groupLimits.min,
    max: groupLimits.max,
  });
}

function problemOf(
  bestOf: number | undefined,
  named: number,
  limitNanoUsd: bigint | undefined,
): string | undefined {
  const { min, max } = groupLimits;
  if (bestOf === undefined)
    return named > 0 ? 'Several models or agents need several candidates.' : undefined;
  if (!Number.isInteger(bestOf) || bestOf < min || bestOf > max)
    return `A work order can have ${min} to ${max} candidates, not ${bestOf}.`;
  if (named > bestOf) return `There are ${named} models or agents for ${bestOf} candidates.`;
  if (limitNanoUsd !== undefined && limitNanoUsd < BigInt(bestOf))
    return 'The limit is too small to be divided among the candidates.';
  return undefined;
}
