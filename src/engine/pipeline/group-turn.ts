// Between two steps of a work order that belongs to a group: whether it may continue.
import type { Work } from '../run/work.ts';
import { candidateTurn } from './candidate-turn.ts';
import { jointTurn } from './joint-turn.ts';
import type { GroupTurn } from './read-first.ts';

export async function groupTurn(work: Work): Promise<GroupTurn> {
  const { candidate, joint } = work.order.settings;
  if (candidate !== undefined) return candidateTurn(work);
  return joint === undefined ? 'go on' : jointTurn(work, joint);
}
