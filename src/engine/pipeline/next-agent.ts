// Switches to another agent when the current one is unavailable or keeps crashing, with a new proposal or brief.
import type { Step } from '../../domain/transitions.ts';
import { toJson } from '../../store/storable.ts';
import { updateRun } from '../../store/work/runs.ts';
import { changeWorkOrder, recordEvent } from '../../store/work/work-orders.ts';
import { logDecision } from '../errors/log-decision.ts';
import { defaultTimeMs } from '../policy/agent-defaults.ts';
import type { RecoveryResult } from '../recovery/error-recovery-manager.ts';
import { failureNote } from '../run/feedback.ts';
import { fenced, type GoesOn, type Work } from '../run/work.ts';
import { startsOf } from './places.ts';
import { recordOnce } from './record-once.ts';

/** The first of the settings' fallback agents that this run has not used; a person's own choice is not overruled. */
export function nextAgent({ run, order, settings, agents }: Work): string | undefined {
  if (order.settings.agent !== undefined) return undefined;
  const had = [settings.defaultAgent, run.settings.agent, ...(run.settings.agentsHad ?? [])];
  return settings.fallbackAgents.find((name) => agents.has(name) && !had.includes(name));
}

export async function takeNextAgent(
  work: Work,
  step: Step,
  { error, because }: Extract<RecoveryResult, { act: 'fall_back' }>,
): Promise<GoesOn> {
  const { order, run, actor, settings } = work;
  const next = nextAgent(work);
  if (next === undefined) throw new TypeError('There is no fallback agent');
  const before = run.settings.agent ?? settings.defaultAgent;
  // The time is a default, and the next agent may need more.
  const isTimeOfAgent = !order.settings.is_time_given && order.timeLimitMs === defaultTimeMs(before);
  const agentsHad = [...(run.settings.agentsHad ?? []), before];
  await fenced(work, async (query) => {
    await recordOnce(query, work, step, error, 'fall_back');
    await logDecision(query, {
      workOrderId: order.id,
      kind: 'retry',
      agentType: 'recovery',
      input: { step, code: error.code, category: error.category, agent: before },
      output: { agent: next, because },
    });
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'agent.replaced',
      actor,
      detail: { from: before, to: next, because: error.message },
    });
    await updateRun(query, run.id, {
      settings: toJson({ ...run.settings, agent: next, agentsHad, failure: failureNote(error) }),
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
        ...(isTimeOfAgent ? { timeLimitMs: Math.max(order.timeLimitMs, defaultTimeMs(next)) } : {}),
        step: 'generating',
        stepState: 'running',
        failureClass: error.failureClass,
        changedBy: actor,
        changedBecause: `switched from ${before} to ${next}: ${error.message}`,
      },
    );
  });
  return 'go on';
}
