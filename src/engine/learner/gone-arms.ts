// Finds arms that can never be chosen again, because their model or agent is no longer configured.
import { readArmName } from '../../domain/learning/arm-name.ts';
import type { LearnerRecord } from '../../domain/learning/learner-record.ts';
import type { Query } from '../../store/database.ts';
import { armsOfNewestEvents } from '../../store/work/learning/learners.ts';
import { type ArmQuestion, nameOf } from './arm-question.ts';

/** Another machine may have an arm configured, so an arm stays while one of this many newest events is about it. */
const eventsMax = 200;

export async function goneArms(
  query: Query,
  { learner }: LearnerRecord,
  { projectId, offer, configured }: Pick<ArmQuestion, 'projectId' | 'offer' | 'configured'>,
): Promise<string[]> {
  if (!configured) return [];
  const offered = new Set(offer.map(nameOf));
  const strange = learner.arms
    .map(({ arm }) => arm)
    .filter((arm) => {
      const { agent, model } = readArmName(arm);
      const isKnown = configured.agents.includes(agent) && configured.models.includes(model);
      return !isKnown && !offered.has(arm);
    });
  if (strange.length === 0) return [];
  const inUse = await armsOfNewestEvents(query, projectId, eventsMax);
  return strange.filter((arm) => !inUse.has(arm));
}
