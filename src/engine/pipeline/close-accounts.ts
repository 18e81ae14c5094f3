// Closes the accounts of an unsuccessful run: settles its envelope and stores its outcome. If the database permanently
// rejects that, the run still ends: a question that is never asked is worse than a missing figure.

import { unlessRefused } from '../../store/connection/unless-refused.ts';
import type { Query } from '../../store/database.ts';
import { closeEnvelope } from '../budget/envelope.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { attemptOf, type RunOutcome, recordOutcome } from '../outcomes/record-outcome.ts';
import type { Work } from '../run/work.ts';

/** The parts that the database refused, with its message; each is a separate failure. */
export type Unwritten = Array<{ what: 'envelope' | 'outcome'; message: string }>;

export async function closeAccounts(query: Query, work: Work, outcome: RunOutcome): Promise<Unwritten> {
  const { order, run } = work;
  const unwritten: Unwritten = [];
  const part = async (what: Unwritten[number]['what'], write: () => Promise<void>) => {
    const refusal = await unlessRefused(query, write);
    if (refusal === null) return;
    unwritten.push({ what, message: refusal.message });
    const { id: runId, stepAttempt } = run;
    const owner = { workOrderId: order.id, runId, step: order.step, attempt: stepAttempt + 1 };
    await recordFailure(query, refusal, { ...owner, strategy: 'escalate' });
  };
  await part('envelope', () => closeEnvelope(query, order.id, run.reservationId));
  await part('outcome', () => recordOutcome(query, attemptOf(work), outcome));
  return unwritten;
}
