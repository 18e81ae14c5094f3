// Leaves a work order for some seconds to the machine where its agent still runs: a process that was killed
// or restarted is often back at once, and its agent with it. Another machine would have to start the agent
// again.

import type { TransientError } from '../../domain/failure.ts';
import type { Standing } from '../../store/work/runs/claims.ts';
import { lastBeatOn, leaseMs } from '../../store/work/runs/executors.ts';
import { openSessionsOf } from '../../store/work/sessions/session-rows.ts';
import { isHere } from '../run/session-here.ts';
import type { PipelineDeps } from '../run/work.ts';
import { pipelineFailures } from './failure-catalogue.ts';

/** A start takes some seconds, in which nothing else happens to the work order. */
export const patienceMs = 10_000;

/** Undefined if no agent runs elsewhere, or if its machine has had its time. */
export async function agentElsewhere(
  deps: Pick<PipelineDeps, 'database' | 'settings' | 'machine' | 'clock'>,
  { run, order }: Standing,
  signal: AbortSignal,
): Promise<TransientError | undefined> {
  if (order.step !== 'applying' || order.cancelRequestedAt !== null) return undefined;
  const nowMs = deps.clock.now().getTime();
  const waitedMs = nowMs - (run.declinedSince?.getTime() ?? nowMs);
  // Below zero, the clocks of two machines differ: nothing waits for one to catch up.
  if (waitedMs < 0 || waitedMs >= patienceMs) return undefined;
  const sessions = await deps.database.run((query) => openSessionsOf(query, order.id), signal);
  const agent = sessions.find((one) => one.purpose === 'agent' && !isHere(one, deps));
  if (agent === undefined) return undefined;
  const ageMs = await deps.database.run((query) => lastBeatOn(query, agent.host), signal);
  // A machine that has been silent for longer has lost its work for that reason.
  if (ageMs === null || ageMs >= leaseMs) return undefined;
  return pipelineFailures.AGENT_ELSEWHERE(
    { operation: 'take up', workOrderId: order.id, metadata: { host: agent.host } },
    { name: agent.name, host: agent.host, seconds: patienceMs / 1_000 },
  );
}
