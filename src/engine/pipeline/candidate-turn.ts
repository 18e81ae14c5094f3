// Between two steps of a candidate: whether it may continue, waits for the decision, or has lost.
import type { Work } from '../run/work.ts';
import { failureFrom, settledFailure, settlePassed, undecidedPlace } from './candidate-wait.ts';
import { endCancelled, endInReview } from './end-run.ts';
import { type GroupTurn, readFirst } from './read-first.ts';

export async function candidateTurn(work: Work): Promise<GroupTurn> {
  if (work.order.settings.candidate === undefined) return 'go on';
  const place = await undecidedPlace(work);
  if (place === 'lost') return stopped(endCancelled(work));
  const failed = await settledFailure(work);
  if (failed !== null) {
    const { because, isExhausted } = failed;
    return stopped(endInReview(work, failureFrom(failed), because, { isExhausted }));
  }
  if (place === undefined || work.order.step !== 'creating_pr') return 'go on';
  if (await readFirst(work)) return 'look';
  work.reached('creating_pr:candidate-passed', work.run.id);
  const turn = await settlePassed(work, place);
  if (turn === 'cancel') return stopped(endCancelled(work));
  return turn === 'wait' ? 'stop' : turn;
}

async function stopped(end: Promise<void>): Promise<'stop'> {
  await end;
  return 'stop';
}
