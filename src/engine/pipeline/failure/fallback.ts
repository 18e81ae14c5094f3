// Replaces an agent that is unavailable or keeps failing, or its model, with a new proposal or brief (R-GO-2).

import type { Step } from '../../../domain/transitions.ts';
import type { RunSettings } from '../../../domain/work-order/work-order.ts';
import { toJson } from '../../../store/storable.ts';
import { updateRun } from '../../../store/work/runs/runs.ts';
import { changeWorkOrder, recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { defaultTimeMs } from '../../policy/agent-defaults.ts';
import type { RecoveryResult } from '../../recovery/error-recovery-manager.ts';
import { failureNote } from '../../run/feedback.ts';
import { modelStopped } from '../../run/recovery-context.ts';
import { mayBeOfTheModel, recordOnce } from '../../run/step-history.ts';
import { findResult } from '../../run/step-results.ts';
import { fenced, type RunDecision, type Work } from '../../run/work.ts';
import { startsOf } from '../../workplace/work-slots.ts';
import { excludedAfterRouting } from '../models/excluded-models.ts';
import { canCall } from '../models/fitting-model.ts';
import { otherModels } from '../models/other-models.ts';

/** What replaces what. */
interface Fallback {
  kind: 'agent' | 'model';
  from: string;
  to: string;
}

/**
 * The first of the settings' fallback agents that this run has not used; without one, another model for the same agent,
 * once, if the model may be the cause. Only another model replaces one that is stopped. What a person has chosen is not replaced.
 */
export async function fallbackFor(work: Work, code: string): Promise<Fallback | undefined> {
  const { run, order, settings, agents } = work;
  if (order.settings.command !== undefined) return undefined;
  if (code === modelStopped) return modelFor(work);
  if (order.settings.agent === undefined) {
    const had = [settings.defaultAgent, run.settings.agent, ...(run.settings.agentsHad ?? [])];
    const to = settings.fallbackAgents.find((name) => agents.has(name) && !had.includes(name));
    if (to !== undefined) return { kind: 'agent', from: run.settings.agent ?? settings.defaultAgent, to };
  }
  return mayBeOfTheModel(code) ? modelFor(work) : undefined;
}

async function modelFor(work: Work): Promise<Fallback | undefined> {
  const { run, order, agents } = work;
  if (order.settings.model !== undefined || run.settings.modelsHad !== undefined) return undefined;
  const routed = await findResult(work, 'routing');
  const from = (await findResult(work, 'generating'))?.model ?? null;
  const agent = agents.get(run.settings.agent ?? routed?.agent ?? '');
  if (from === null || agent === undefined) return undefined;
  const excluded = await excludedAfterRouting(work, routed ?? undefined);
  const to = otherModels(work, from).find((name) => !excluded.has(name) && canCall(agent, work.model(name)));
  return to === undefined ? undefined : { kind: 'model', from, to };
}

/** The next cycle begins with the fallback, and knows what failed. */
export async function fallBack(
  work: Work,
  step: Step,
  { error, because }: Extract<RecoveryResult, { act: 'fall_back' }>,
): Promise<RunDecision> {
  const { order, run, actor } = work;
  const fallback = await fallbackFor(work, error.code);
  if (fallback === undefined) throw new TypeError('There is no fallback');
  const { kind, from, to } = fallback;
  const timeLimitMs = timeLimitAfter(work, fallback);
  await fenced(work, async (query) => {
    await recordOnce(query, work, step, error, 'fall_back');
    await logDecision(query, {
      workOrderId: order.id,
      kind: 'retry',
      agentType: 'recovery',
      input: { step, code: error.code, category: error.category, [kind]: from },
      output: { [kind]: to, because },
    });
    await recordEvent(query, {
      workOrderId: order.id,
      kind: `${kind}.replaced`,
      actor,
      detail: { from, to, because: error.message },
    });
    await updateRun(query, run.id, {
      settings: toJson({ ...settingsAfter(run, fallback), failure: failureNote(error) }),
      cycle: run.cycle + 1,
      stepAttempt: 0,
      pauses: 0,
      starts: startsOf('generating'),
    });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress', step },
      {
        timeLimitMs,
        step: 'generating',
        stepState: 'running',
        failureClass: error.failureClass,
        changedBy: actor,
        changedBecause: `switched from ${from} to ${to}: ${error.message}`,
      },
    );
  });
  return 'go on';
}

/** Another agent gets a fresh attempt too; the same agent with another model has had one. */
function settingsAfter({ settings, cycle }: Work['run'], { kind, from, to }: Fallback): RunSettings {
  if (kind === 'agent') return { ...settings, agent: to, agentsHad: [...(settings.agentsHad ?? []), from] };
  const { retried, modelsHad = [] } = settings;
  return {
    ...settings,
    model: to,
    modelsHad: [...modelsHad, from],
    ...(retried ? { retried: { ...retried, cycle: cycle + 1 } } : {}),
  };
}

/** The time is a default of the agent, and the next agent may need more. */
function timeLimitAfter({ order }: Work, { kind, to }: Fallback): number {
  return kind === 'agent' && order.settings.is_time_of_agent
    ? Math.max(order.timeLimitMs, defaultTimeMs(to))
    : order.timeLimitMs;
}
