// What Moose does after a red CI or a conflict: another cycle, or a question to a person. Each is one transaction with
// the record of the look.

import type { FailureClass } from '../../../domain/failure.ts';
import { sentinelActor } from '../../../domain/forge/forge.ts';
import type { Query } from '../../../store/database.ts';
import { newestRunOf, saveStepResult } from '../../../store/work/runs/runs.ts';
import { judgeOutcome } from '../../learner/outcomes/judge-outcome.ts';
import type { LookContext } from '../follow-deps.ts';
import type { Found } from '../found.ts';
import { isStill } from '../is-still.ts';
import { withFailure } from '../next/followed.ts';
import type { Next } from '../next/next-of-facts.ts';
import { backFailure, questionFailure } from '../pull-request-failures.ts';
import { type Recorded, store } from '../record-look.ts';
import { askAboutCi } from './ask-about-ci.ts';
import { stopAsking } from './ask-while-waiting.ts';
import { sendBack } from './send-back.ts';

type Back = Extract<Next, { act: 'refine' | 'rebase' | 'update branch' | 'sign off' }>;

const goingOn: Recorded = { waitingFor: null, isOver: true };

export async function goBack(context: LookContext, found: Found, next: Back): Promise<void> {
  const { database, order, row, signal, clock } = context;
  context.reached(`sentinel:before-${next.act.replace(' ', '-')}`);
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    const last = await newestRunOf(query, order.id);
    if (!last) return;
    const failure = backFailure({ order, row, found }, next);
    await stopAsking(query, context);
    const begun = await sendBack(query, { clock }, order, last, {
      failure,
      because: failure.message,
      actor: sentinelActor,
      ...(next.act === 'refine' && found.feedback ? { feedback: found.feedback } : {}),
      isCharged: next.act === 'refine' || next.act === 'rebase',
    });
    if (begun === undefined) return;
    if (next.act === 'refine') await correct(query, context, failure);
    await store(query, context, found, { ...goingOn, followed: followedAfter(context, found, next) });
  }, signal);
  context.reached(`sentinel:${next.act.replace(' ', '-')}`);
}

function followedAfter({ followed: before }: LookContext, { failure }: Found, next: Back) {
  const followed = { ...before, asked: null };
  const { act } = next;
  if (act === 'refine') return failure ? withFailure(followed, failure) : followed;
  if (act === 'sign off') return { ...followed, signsOff: true };
  const needsBase = { ...followed, needsBase: true };
  if (act === 'rebase') return needsBase;
  return next.isMoved
    ? { ...needsBase, restacks: followed.restacks + 1 }
    : { ...needsBase, updates: followed.updates + 1 };
}

/** The run passed its own checks, but CI failed. */
async function correct(
  query: Query,
  { order, clock }: LookContext,
  { code, message, failureClass }: { code: string; message: string; failureClass: FailureClass },
): Promise<void> {
  const errorContext = { code, message, step: 'awaiting_ci' };
  await judgeOutcome(query, order.id, {
    by: 'ci',
    holds: false,
    at: clock.now(),
    failureClass,
    errorContext,
  });
}

/** Asks one question with all known facts; a retry merges the base branch if that is the problem. */
export async function escalate(
  context: LookContext,
  found: Found,
  { code, because, needsBase: brings }: Extract<Next, { act: 'escalate' }>,
): Promise<void> {
  const { database, order, row, signal, followed, pushedSha, clock } = context;
  // What others pushed says nothing about the work of the agent.
  const isForeign = found.seen.headSha !== pushedSha;
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    const failure = questionFailure({ order, row, found }, code, because);
    await stopAsking(query, context);
    const isBaseRewritten = followed.comparedBase?.isRewritten === true;
    if (!(await askAboutCi(query, order, { row, failure, because, isForeign, isBaseRewritten }))) return;
    if (found.feedback && !isForeign) await correct(query, context, failure);
    const last = found.feedback && (await newestRunOf(query, order.id));
    // A retry is told what failed.
    if (found.feedback && last)
      await saveStepResult(query, {
        runId: last.id,
        workOrderId: order.id,
        step: 'awaiting_ci',
        cycle: last.cycle,
        result: { feedback: found.feedback },
        startedAt: clock.now(),
      });
    const needsBase = followed.needsBase || brings === true || code === 'PULL_REQUEST_CONFLICTS';
    await store(query, context, found, {
      waitingFor: 'Your answer to the question about it.',
      followed: {
        ...(found.failure && !isForeign ? withFailure(followed, found.failure) : followed),
        needsBase,
        asked: null,
      },
    });
  }, signal);
  context.reached('sentinel:asked');
}
