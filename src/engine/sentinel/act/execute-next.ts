// Carries out the decision about a pull request. Findings and decision are committed together. A call to the forge
// follows its record, or is one that the forge carries out only once, however often it is asked.

import { type Check, sentinelActor } from '../../../domain/forge/forge.ts';
import { assertNever } from '../../../stdx/assert-never.ts';
import { storableText } from '../../../store/storable.ts';
import { lookAtStacked } from '../../../store/work/plans/stacks.ts';
import { keepFollowed } from '../../../store/work/pull-requests/followed-pull-requests.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { startDependents } from '../../specs/start-planned.ts';
import { ask, type LookContext } from '../follow-deps.ts';
import type { Found } from '../found.ts';
import { type Followed, noChecksSince, withReruns } from '../next/followed.ts';
import type { Next } from '../next/next-of-facts.ts';
import { isQuiet } from '../next/next-of-quiet.ts';
import { record } from '../record-look.ts';
import { recordRevert } from '../reverted.ts';
import { askedWhileWaiting } from './ask-while-waiting.ts';
import { completeOrder, judgeHeld } from './end-order.ts';
import { holdTogether, mergeNow } from './merge-now.ts';
import { escalate, goBack } from './send-or-ask.ts';

export async function executeNext(context: LookContext, found: Found, next: Next): Promise<void> {
  switch (next.act) {
    case 'wait':
      return wait(context, found, next);
    case 'complete':
      return complete(context, found, next);
    case 'rerun':
      return rerun(context, found, next);
    case 'refine':
    case 'rebase':
    case 'update branch':
    case 'sign off':
      return goBack(context, found, next);
    case 'escalate':
      return escalate(context, found, next);
    case 'merge': {
      const held = await holdTogether(context, found);
      return held ? executeNext(context, found, held) : mergeNow(context, found, next);
    }
    case 'closed':
      throw new TypeError('A pull request that has ended has no checks to decide about');
    default:
      return assertNever(next);
  }
}

/** Once per commit, Moose records that others may build on it. */
async function wait(
  context: LookContext,
  found: Found,
  { for: waitingFor, isReady, ask: asking }: Extract<Next, { act: 'wait' }>,
): Promise<void> {
  const { pushedSha: readySha, order } = context;
  const { asked, ask: askNow } = askedWhileWaiting(context, found, asking);
  const followed = { ...watched(context, found), asked };
  if (!isReady || followed.readySha === readySha)
    return record(context, found, { waitingFor, followed }, askNow);
  await record(context, found, { waitingFor, followed: { ...followed, readySha } }, async (query) => {
    await askNow(query);
    await lookAtStacked(query, order.id);
    await startDependents(query, order.id, context.clock.now());
  });
}

/** Records the time since when nothing runs and nothing is decided, and what a merge queue tests. */
function watched({ followed, row, clock }: LookContext, { seen, groupSha }: Found): Followed {
  const known = { ...followed, groupSha: groupSha ?? followed.groupSha };
  if (!isQuiet(seen)) return known;
  return { ...known, noChecksSince: noChecksSince(followed, row, { sha: seen.headSha, now: clock.now() }) };
}

async function complete(
  context: LookContext,
  found: Found,
  { because, isGreen, isTakenOut }: Extract<Next, { act: 'complete' }>,
): Promise<void> {
  await record(context, found, { waitingFor: null, isOver: true }, async (query) => {
    await completeOrder(query, context.order, {
      because,
      isGreen,
      finishedAt: context.clock.now(),
      ...(isGreen ? {} : { notVerifiedBecause: because }),
    });
    if (isTakenOut) await recordRevert(query, context, {});
    if (isGreen) await judgeHeld(query, context, 'ci', found.seen.headSha);
  });
}

/** Recorded before the forge is asked: a crash in between loses a rerun, but never causes a second one. */
async function rerun(
  context: LookContext,
  found: Found,
  { checks, because }: Extract<Next, { act: 'rerun' }>,
): Promise<void> {
  const { order, forge, signal, clock, followed } = context;
  const at = clock.now().toISOString();
  const sha = found.seen.headSha;
  const asked = checks.map(({ name, attempt }) => ({ sha, name, attempt, at, isRefused: false }));
  const waitingFor = `${checks.map(({ name }) => name).join(', ')}: waiting for the rerun.`;
  let isRecorded = false;
  await record(context, found, { waitingFor, followed: withReruns(followed, asked) }, async (query) => {
    for (const { name } of checks)
      await recordEvent(query, {
        workOrderId: order.id,
        kind: 'ci.rerun',
        actor: sentinelActor,
        reason: storableText(`${name} runs again: ${because}`),
        detail: { name, sha },
      });
    isRecorded = true;
  });
  if (!isRecorded) return;
  context.reached('sentinel:before-rerun');
  const refused: Check[] = [];
  for (const check of checks)
    if ((await ask(context, 'rerun', () => forge.rerun(check, signal))) === 'refused') refused.push(check);
  if (refused.length === 0) return;
  const names = new Set(refused.map(({ name }) => name));
  const known = withReruns(
    followed,
    asked.map((each) => ({ ...each, isRefused: names.has(each.name) })),
  );
  await context.database.run((query) => keepFollowed(query, context.row, known), signal);
}
