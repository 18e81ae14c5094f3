// Runs one session of an agent: prepares its input, supervises its process, and afterwards reads its calls from the
// gateway's ledger.

import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { SessionWay } from '../../../domain/agents/login.ts';
import { certificateVariables } from '../../../domain/machine/project-variable.ts';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import type { GeneratingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import { noteUnfilled } from '../../../git/worktree/unfilled-submodules.ts';
import { toolEnvironment } from '../../../sessions/isolation/session-environment.ts';
import { revokeKeys } from '../../../store/money/gateway-keys.ts';
import { addToCounters } from '../../../store/work/runs/runs.ts';
import type { SessionCalls } from '../../../store/work/sessions/session-calls.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Agent, AgentGateway, AgentLogin, AgentReport } from '../../ports/agent.ts';
import type { AgentCall } from '../../recovery/agent-circuits.ts';
import { remainingNanoUsd } from '../../run/budget/envelope.ts';
import { agentAccess } from '../../run/gateway-access.ts';
import { loginPathOf } from '../../run/login-path.ts';
import { briefAfter } from '../../run/step-history.ts';
import type { Work } from '../../run/work.ts';
import { commandOf, networkOfCommand } from '../../workplace/agents/command-agent.ts';
import { believedReport, keepUse, modelForLogin } from '../../workplace/login/session-way.ts';
import { homePathOf, ownPathOf } from '../../workplace/sessions/session-files.ts';
import { variablesFor } from '../../workplace/sessions/session-variables.ts';
import { supervise } from '../../workplace/sessions/supervise.ts';
import { worktreeVariables } from '../../workplace/sessions/worktree-variables.ts';
import { offerSubtasks } from '../../workplace/subtasks/offer-subtasks.ts';
import { cleanWorktree, type WorktreePlace } from '../../workplace/worktree/worktree-place.ts';
import { sharedWire, unfit } from '../models/fitting-model.ts';
import { giveAssets } from './give-assets.ts';
import { isCutOff, watchTurn } from './interrupted-turn.ts';
import { noteIgnored } from './left-ignored.ts';
import { assertInstructions } from './preflight.ts';
import { reportOf } from './report-of.ts';
import { settledCalls } from './watch-calls.ts';

export interface AgentRun {
  session: SessionRow;
  end: SessionEnd;
  report: AgentReport;
  /** The sum of the agent's model calls through the gateway; null if it makes none there. */
  calls: SessionCalls | null;
}

interface AgentStart {
  agent: Agent;
  attempt: number;
  routed: RoutingResult;
  generated: GeneratingResult;
  place: WorktreePlace;
  /** True if nothing must be removed from the worktree: it has no leftovers, or the agent continues with them. */
  isCleaned: boolean;
  way: SessionWay | null;
  /** The rest of the time for which a person's login may be used; absent: no limit. */
  timeMsMax?: number | undefined;
}

export async function runAgent(
  work: Work,
  { agent, attempt, routed, generated, place, isCleaned, way, timeMsMax }: AgentStart,
): Promise<AgentRun> {
  const { worktreePath } = place;
  const homePath = homePathOf(work, agent.name);
  const isMetered = way === 'gateway';
  const isCommand = commandOf(work) !== null;
  const login = way === 'login' ? (agent.login ?? null) : null;
  const loginPath = loginPathOf(work.settings, agent.name);
  const { session, end } = await supervise(work, {
    purpose: 'agent',
    name: agent.name,
    attempt,
    cwd: worktreePath,
    wallClockMs: Math.min(work.order.timeLimitMs, timeMsMax ?? Number.POSITIVE_INFINITY),
    network: login ?? (isCommand ? networkOfCommand(work) : isMetered ? 'gateway' : 'none'),
    way,
    prepare: async (session) => {
      const { id, directory } = session;
      if (!isCleaned) await cleanWorktree(work, routed, place);
      await noteUnfilled(worktreePath, { signal: work.signal });
      if (agent.writesCode) await noteIgnored(work, session, worktreePath);
      if (agent.writesCode && !isCommand) await assertInstructions(worktreePath);
      await mkdir(homePath, { recursive: true, mode: 0o700 });
      const given = withoutOtherWays(login, await variablesFor(work, ['agents']));
      const { baseSha } = routed;
      const assetsPlace = { session, worktreePath, baseSha };
      const assets = isCommand ? undefined : await giveAssets(work, agent, assetsPlace);
      const { servers, writes, reads } = await offerSubtasks(work, agent, session);
      const prepared = await agent.prepare({
        assets,
        servers,
        title: work.order.title,
        brief: briefOf(work, generated),
        proposal: generated.proposal,
        worktreePath,
        sessionPath: ownPathOf({ directory }),
        homePath,
        model: login === null ? generated.model : modelForLogin(login, generated.model),
        effort: effortWith(agent, generated.effort),
        gateway: isMetered ? await gatewayFor(work, agent, id, generated.model) : null,
        outputTokensMax: work.settings.outputTokensMax,
        ...(login === null ? {} : { loginPath }),
        spendLimitNanoUsd: isMetered ? await remainingNanoUsd(work) : 0n,
        allowCiChanges: mayChangeCi(work),
      });
      return {
        ...prepared,
        writes: [...(prepared.writes ?? []), ...writes],
        reads,
        env: {
          ...withTools(work, { ...given, ...(login && outside(work)), ...prepared.env }, homePath),
          ...(await worktreeVariables(work, worktreePath)),
        },
      };
    },
    // A command may print nothing until its end, and reads no message.
    ...(isCommand ? { silenceMs: work.order.timeLimitMs } : {}),
    ...((agent.writesCode && !isCommand) || isMetered
      ? {
          watch: (session: SessionRow) => watchTurn(work, agent, session, { callsModels: isMetered }),
        }
      : {}),
    onStart: (query) => addToCounters(query, work.order.id, { agentRuns: 1 }),
    onEnd: async (query, _end, { id }) => {
      if (isMetered) await revokeKeys(query, { sessionId: id });
    },
  });
  const report = believedReport(await reportOf(agent, session, end), way);
  if (login !== null) await keepUse(work, session, end, report);
  return { session, end, report, calls: isMetered ? await settledCalls(work, session.id) : null };
}

const goOn =
  'Your previous turn at this was cut off in the middle. Look at what is there already, and finish the rest.';

function briefOf(work: Work, { brief }: GeneratingResult): string {
  const whole = briefAfter(brief ?? '', work.run, 'applying');
  return isCutOff(work) ? `${whole}\n\n## The previous attempt\n\n${goOn}\n` : whole;
}

/** A replacement agent may not know the effort that was chosen for the one before it. */
function effortWith({ efforts = [] }: Agent, chosen: string | undefined) {
  return efforts.find((effort) => effort === chosen);
}

/** A project variable must not give the program another way to a model, at somebody else's expense. */
function withoutOtherWays(login: AgentLogin | null, given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !login?.otherWays.test(name)));
}

function withTools(
  { settings: { checkEnvironment: machine } }: Work,
  given: Readonly<Record<string, string>>,
  homePath: string,
): Record<string, string> {
  return toolEnvironment(given, { machine, homePath, userHome: machine.HOME ?? homedir() });
}

/** The variables for access to the outside: the machine's proxy, and the proxy's certificates. */
function outside({ settings: { checkEnvironment } }: Work): Record<string, string> {
  const isNeeded = (name: string) =>
    certificateVariables.includes(name) || /^(?:https?|no)_proxy$/i.test(name);
  return Object.fromEntries(Object.entries(checkEnvironment).filter(([name]) => isNeeded(name)));
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

export function mayChangeCi({ order, project }: Work): boolean {
  return order.settings.allow_ci_changes === true || project.settings.allow_ci_changes === true;
}

/** What the circuits know about a session of the agent. */
export const callOf = ({ settings, project }: Work, { name }: Agent): AgentCall => ({
  agent: name,
  host: settings.host,
  project: project.name,
});
