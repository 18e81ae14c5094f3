// A person gives an open question to another one, who then is expected to answer it (R-ESC-7).
import type { Query } from '../../../store/database.ts';
import { type Escalation, escalationById, findEscalation } from '../../../store/failures/escalations.ts';
import { giveOwner } from '../../../store/failures/question-owners.ts';
import { noticeOwner } from '../../questions/notices.ts';
import { answered } from './answer.ts';

/**
 * Handing a question to its owner changes nothing.
 * @throws ESCALATION_NOT_FOUND, ESCALATION_AMBIGUOUS, ESCALATION_ANSWERED
 */
export async function handOn(
  query: Query,
  given: string,
  { owner, by }: { owner: string; by: string },
): Promise<Escalation> {
  const escalation = await findEscalation(query, given);
  if (escalation.status === 'open' && escalation.owner === owner) return escalation;
  const owned = await giveOwner(query, escalation.id, { owner, because: 'handed_on', by });
  if (!owned) throw answered((await escalationById(query, escalation.id)) ?? escalation);
  await noticeOwner(query, owned);
  return owned;
}
