// Runs one session of an agent: prepares its input, supervises its process, and afterwards reads its calls from the
// gateway's ledger.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionEnd } from '../../domain/session.ts';
import { revokeKeys } from '../../store/money/gateway-keys.ts';
import { addToCounters } from '../../store/work/runs.ts';
import type { SessionCalls } from '../../store/work/session-calls.ts';
import type { SessionRow } from '../../store/work/session-rows.ts';
import { remainingNanoUsd } from '../budget/envelope.ts';
import type { Agent, AgentGateway, AgentReport } from '../ports/agent.ts';
import { agentAccess } from '../run/gateway-access.ts';
import type { GeneratingResult, RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { sharedWire, unfit } from './fitting-model.ts';
import { givePowers } from './give-powers.ts';
import { givenVariables } from './given-variables.ts';
import { watchTurn } from './interrupted-turn.ts';
import { assertInstructions } from './preflight.ts';
import { homePathOf, ownPathOf } from './session-files.ts';
import { supervise } from './supervise.ts';
import { settledCalls } from './watch-calls.ts';
import { cleanWorktree, type WorktreePlace } from './worktree-place.ts';
import { worktreeVariables } from './worktree-variables.ts';

export interface AgentRun {
  session: SessionRow;
  end: SessionEnd;
  report: AgentReport;
  /** The sum of the agent's model calls; null if it makes none. */
  calls: SessionCalls | null;
}

interface AgentStart {
  agent: Agent;
  attempt: number;
  routed: RoutingResult;
  generated: GeneratingResult;
  place: WorktreePlace;
  /** True if nothing is to be removed from the worktree: it has no leftovers, or the agent goes on with them. */
  isCleaned: boolean;
}

export async function runAgent(
  work: Work,
  { agent, attempt, routed, generated, place, isCleaned }: AgentStart,
): Promise<AgentRun> {
  const { worktreePath } = place;
  const homePath = homePathOf(work, agent.name);
  const callsModels = agent.wires.length > 0;
  const { session, end } = await supervise(work, {
    purpose: 'agent',
    name: agent.name,
    attempt,
    cwd: worktreePath,
    wallClockMs: work.order.timeLimitMs,
    network: callsModels ? 'gateway' : 'none',
    prepare: async (session) => {
      const { id, directory } = session;
      if (!isCleaned) await cleanWorktree(work, routed, place);
      if (agent.writesCode) await assertInstructions(worktreePath);
      await mkdir(homePath, { recursive: true, mode: 0o700 });
      const given = await givenVariables(work, ['agents']);
      const { baseSha } = routed;
      const powers = await givePowers(work, agent, { session, worktreePath, baseSha });
      const prepared = await agent.prepare({
        powers,
        title: work.order.title,
        brief: generated.brief ?? '',
        proposal: generated.proposal,
        worktreePath,
        sessionPath: ownPathOf({ directory }),
        homePath,
        model: generated.model,
        gateway: callsModels ? await gatewayFor(work, agent, id, generated.model) : null,
        outputTokensMax: work.settings.outputTokensMax,
        spendLimitNanoUsd: callsModels ? await remainingNanoUsd(work) : 0n,
        allowCiChanges: mayChangeCi(work),
      });
      return {
        ...prepared,
        env: { ...given, ...prepared.env, ...(await worktreeVariables(work, worktreePath)) },
      };
    },
    ...(agent.writesCode || callsModels
      ? { watch: ({ id }: SessionRow) => watchTurn(work, id, { callsModels }) }
      : {}),
    onStart: (query) => addToCounters(query, work.order.id, { agentRuns: 1 }),
    onEnd: async (query, _end, { id }) => {
      if (callsModels) await revokeKeys(query, { sessionId: id });
    },
  });
  const report = await reportOf(agent, session, end);
  return { session, end, report, calls: callsModels ? await settledCalls(work, session.id) : null };
}

async function gatewayFor(
  work: Work,
  agent: Agent,
  sessionId: SessionRow['id'],
  name: string | null,
): Promise<AgentGateway> {
  const model = name === null ? null : work.model(name);
  const wire = model && sharedWire(agent, model);
  if (model === null || wire === null) throw unfit(agent, name);
  return agentAccess(work, sessionId, model, wire);
}

export function reportOf(agent: Agent, { directory }: SessionRow, end: SessionEnd): Promise<AgentReport> {
  const outputs = { stdoutPath: join(directory, 'stdout.log'), stderrPath: join(directory, 'stderr.log') };
  return agent.report({ sessionPath: ownPathOf({ directory }), ...outputs }, end);
}

export function mayChangeCi({ order, project }: Work): boolean {
  return order.settings.allow_ci_changes === true || project.settings.allow_ci_changes === true;
}
