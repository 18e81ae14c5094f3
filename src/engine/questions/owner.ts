// Gives a question to the next person who is expected to answer it (R-ESC-7).
import { nextOwner } from '../../domain/question-owner.ts';
import type { Query } from '../../store/database.ts';
import type { Escalation } from '../../store/failures/escalations.ts';
import { giveOwner, ownerFacts } from '../../store/failures/question-owners.ts';

/** Undefined if everybody has had it, or if another process has given it to somebody in the meantime. */
export async function ownNext(query: Query, escalation: Escalation): Promise<Escalation | undefined> {
  const { now, ...facts } = await ownerFacts(query, escalation.workOrderId);
  const had = escalation.owners.map(({ owner }) => owner);
  const next = nextOwner(facts, had, now);
  if (next === null) return undefined;
  const { name: owner, because } = next;
  return giveOwner(query, escalation.id, { owner, because, by: 'moose' }, { of: escalation.owner });
}
