// Decides how an agent's session reaches its model: through the gateway, or with a person's login (R-PROJ-9).
// Only a setting of a person chooses the login; the repository cannot.
import { agentFailures } from '../../../domain/agent-failure-catalogue.ts';
import type { ConfigurationError, MooseError } from '../../../domain/failure.ts';
import type { SessionWay } from '../../../domain/login.ts';
import type { ProjectSettings } from '../../../domain/work-order.ts';
import { type SessionRow, sessionsOf } from '../../../store/work/session-rows.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import type { Agent, AgentLogin, AgentReport } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';

type Named = Pick<Agent, 'name' | 'login' | 'wires'>;

/** The login that the agent's next session uses; null if it uses the gateway, or calls no model. */
export function loginOf(
  { logins }: Pick<EngineSettings, 'logins'>,
  agent: Named,
  { login: wish }: Pick<ProjectSettings, 'login'> = {},
): AgentLogin | null {
  const isUsed = wish === undefined ? logins.agents.includes(agent.name) : wish === 'use';
  return isUsed ? (agent.login ?? null) : null;
}

/** A running session keeps its way of access, whatever the settings say now. */
export async function wayOf(work: Work, agent: Named, attempt: number): Promise<SessionWay | null> {
  const begun = await begunSession(work, agent.name, attempt);
  if (begun) return begun.way;
  if (loginOf(work.settings, agent, work.project.settings) !== null) return 'login';
  return agent.wires.length > 0 ? 'gateway' : null;
}

async function begunSession(work: Work, agent: string, asked: number): Promise<SessionRow | undefined> {
  const sessions = await work.database.run((query) => sessionsOf(query, work.order.id), work.signal);
  return sessions.find(
    ({ runId, name, cycle, attempt }) =>
      runId === work.run.id && name === agent && cycle === work.run.cycle && attempt === asked,
  );
}

/** The model to name to the program: one of the login's own provider, or null for the program's default. */
export function modelForLogin({ provider }: AgentLogin, model: string | null): string | null {
  return model?.startsWith(`${provider}/`) ? model : null;
}

/**
 * Only a subscription has a usage limit. With a key, the ledger knows why calls failed; if this report were
 * believed, a session would run again and again without using an attempt. With a login, there is no key to check.
 */
export function believedReport(report: AgentReport, way: SessionWay | null): AgentReport {
  const { failure } = report;
  if (way !== 'login') return failure?.code === 'AGENT_USAGE_LIMIT' ? { ...report, failure: null } : report;
  return failure?.code === 'AGENT_AUTHENTICATION' ? { ...report, failure: loginRefused(failure) } : report;
}

function loginRefused({ operation, metadata }: MooseError): ConfigurationError {
  const { agent, said } = metadata;
  return agentFailures.AGENT_LOGIN_REFUSED(
    { operation, metadata },
    { agent: String(agent), said: String(said || 'it gave no reason') },
  );
}
