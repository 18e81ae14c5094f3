// Pauses a run because of a third party's fault: it waits until the third party works again, holds no slot or process,
// and uses no attempt (R-REC-6).

import type { MooseError } from '../../../domain/failure.ts';
import { counted } from '../../../domain/text/counted.ts';
import type { Step } from '../../../domain/transitions.ts';
import { enqueueRun } from '../../../durable/enqueue-run.ts';
import type { Query } from '../../../store/database.ts';
import { pausesWhileOthersWereAnswered } from '../../../store/failures/works-for-others.ts';
import { storableText, toJson } from '../../../store/storable.ts';
import { newestStepResults, refundStart, resultIn } from '../../../store/work/runs/runs.ts';
import { moneyKey } from '../../../store/work/runs/runs-of.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { pauseMsMax } from '../../policy/settings/breakers.ts';
import { askedPauseMsMax } from '../../recovery/circuit-policies.ts';
import type { RecoveryResult } from '../../recovery/error-recovery-manager.ts';
import { joinOutage } from '../../recovery/outage.ts';
import { closeEnvelope } from '../../run/budget/envelope.ts';
import { afterMoneyRanOut, askAboutMoney } from '../../run/budget/money-awaited.ts';
import { afterModelStopped, askAboutRelease, isForRelease } from '../../run/budget/release-awaited.ts';
import { looksFor, recordOnce, stillAway, waitedMsOf } from '../../run/step-history.ts';
import { fenced, type RunDecision, type Work } from '../../run/work.ts';
import { hasBegun } from '../../workplace/work-slots.ts';
import { excludedAfterRouting } from '../models/excluded-models.ts';
import { otherModels } from '../models/other-models.ts';

/** Number of failures of one run at different times that prove an outage which is too slow to open the circuit. */
const pausesBeforeTrip = 3;
/** If the provider has answered others this many times but not this request, the provider is not to blame. */
const pausesInVainMax = 8;
/** Failures that prove an outage by themselves: nothing succeeds until someone acts. */
const telling = new Set(['MODEL_QUOTA', 'AGENT_QUOTA']);
/**
 * An agent whose requests were never answered has not worked: such a run does not count as one without progress
 * (R-REC-6).
 */
const unserved = new Set(['AGENT_QUOTA', 'AGENT_RATE_LIMITED', 'AGENT_USAGE_LIMIT']);
/** The call or the session was not started, which is not a failure. */
const notMade = new Set(['CIRCUIT_OPEN', 'LOGIN_USED_UP', 'FORGE_PAUSED', 'MONEY_AWAITED']);
/** Moose checks every few seconds whether the third party is back. During a long wait, only the first checks and the last one
 * are recorded. */
const recordedLooksMax = 10;
/** Paused runs resume at spread-out times, and never before the requested time. */
const spreadShare = 0.25;

export async function pauseForOutage(
  work: Work,
  step: Step,
  { error, because, delayMs: given, circuit, isLimited }: Extract<RecoveryResult, { act: 'pause' }>,
): Promise<RunDecision> {
  const { order, run, actor, circuits } = work;
  const inVain = await pausesInVain(work, step, circuit);
  if (inVain >= pausesInVainMax && error.code !== 'CIRCUIT_OPEN') {
    await fenced(work, (query) => recordOnce(query, work, step, error, 'escalate'));
    const why = `${counted(inVain, 'pause')} did not help, but others were answered each time`;
    return { end: 'review', failure: error, because: why };
  }
  const isProven = saysEverything(error) || (run.pauses + 1 >= pausesBeforeTrip && inVain === 0);
  if (circuit && isProven && circuits.retryAfterMs(circuit) === 0 && error.code !== 'CIRCUIT_OPEN')
    circuits.trip(circuit, error);
  const openMs = circuit ? circuits.retryAfterMs(circuit) : 0;
  const atLeastMs = Math.max(
    Math.min(given, askedPauseMsMax),
    openMs,
    openMs > 0 ? work.settings.pauseMsMin : 0,
  );
  const delayMs = atLeastMs * (1 + spreadShare * work.random());
  const isForMoney = error.code === 'MONEY_AWAITED';
  const givesBack = isForMoney && run.reservationId !== null;
  const pausedAt = work.clock.now();
  const change = {
    leg: run.leg + 1,
    pauses: run.pauses + 1,
    pausedBy: isForMoney ? moneyKey : circuit,
    pausedAt,
    waitingFor: storableText(isLimited ? `${error.message} ${until(work, step)}` : error.message),
    ...(isLimited ? { settings: toJson(stillAway(run, step, error.code, pausedAt)) } : {}),
    ...(givesBack && {
      reservationId: null,
      settings: toJson(
        isForRelease(error) ? afterModelStopped(run, error) : await afterMoneyRanOut(work, error),
      ),
    }),
  };
  const others = circuit && openMs > 0 ? await othersAllowed(work) : [];
  const isAgain = isLimited && looksFor(run, step, error.code) >= recordedLooksMax;
  const write = async (query: Query) => {
    if (!notMade.has(error.code) && !isAgain) await recordOnce(query, work, step, error, 'pause');
    if (hasBegun(step, error)) await refundStart(query, run.id);
    if (!isAgain)
      await logDecision(query, {
        workOrderId: order.id,
        kind: 'retry',
        agentType: 'recovery',
        input: { step, code: error.code, category: error.category, pauses: run.pauses, circuit },
        output: { pausedMs: Math.round(delayMs), because },
      });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        stepState: 'retrying',
        failureClass: error.failureClass,
        changedBy: actor,
        changedBecause: `paused: ${error.message}`,
        ...(unserved.has(error.code) ? { agentRunsAtProgress: order.agentRunsAtProgress + 1 } : {}),
      },
    );
    if (circuit && openMs > 0 && !isClosed(work, circuit))
      await joinOutage(query, { circuit, order, failure: error, otherModels: others });
    // What it has reserved is of use to others meanwhile.
    if (givesBack) await closeEnvelope(query, order.id, run.reservationId);
    if (isForRelease(error)) await askAboutRelease(query, order, error);
    else if (isForMoney) await askAboutMoney(query, order, error);
    await enqueueRun(query, run.id, delayMs);
  };
  await fenced(work, write, change);
  return 'stop';
}

/** When a person is asked, unless what is away comes back. */
function until({ run, clock, settings }: Work, step: Step): string {
  const now = clock.now();
  const leftMs = Math.max(0, settings.returnMsMax - waitedMsOf(run, step, now));
  const at = new Date(now.getTime() + leftMs).toISOString();
  return `Moose looks again every few seconds, and asks a person at ${at.slice(11, 16)} UTC.`;
}

/** The models that may be used for this work order, except those that people have excluded. */
async function othersAllowed(work: Work): Promise<string[]> {
  const { database, order, signal } = work;
  const results = await database.run((query) => newestStepResults(query, order.id), signal);
  const routed = resultIn(results, 'routing');
  const excluded = await excludedAfterRouting(work, routed);
  return otherModels(work, null).filter((name) => !excluded.has(name));
}

/** Checked when the pause is written: a run that waited for the database must not ask about an outage that is over. */
function isClosed({ circuits }: Work, circuit: string): boolean {
  return circuits.states().some(({ key, phase }) => key === circuit && phase === 'closed');
}

/** If a provider asks for a long pause, a person is notified now, not after three such waits. */
function saysEverything({ code, retryAfterMs = 0 }: MooseError): boolean {
  return telling.has(code) || retryAfterMs > pauseMsMax;
}

/** Number of pauses for which this request is to blame, because the provider answered others. */
async function pausesInVain(
  { database, order, run, signal }: Work,
  step: Step,
  circuit: string | null,
): Promise<number> {
  const [, provider] = /^provider:(.+)$/.exec(circuit ?? '') ?? [];
  if (step !== 'generating' || provider === undefined) return 0;
  const asked = { workOrderId: order.id, provider, since: run.createdAt };
  return database.run((query) => pausesWhileOthersWereAnswered(query, asked), signal);
}
