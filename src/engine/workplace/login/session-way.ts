// How an agent's session reaches its model: through the gateway, or with a person's login (R-PROJ-9). Only a setting of a
// person chooses the login; the repository cannot. Sessions use a login one at a time, within the person's limits, and not
// before the time that the provider named. Work that has to wait pauses: it uses no attempt and no money, and never moves to
// a key.
import { agentFailures } from '../../../domain/agents/agent-failure-catalogue.ts';
import { loginState, type SessionWay, timeShareMs } from '../../../domain/agents/login.ts';
import type { ConfigurationError, ExternalServiceError, MooseError } from '../../../domain/failure.ts';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { loginRefusedUntil, othersWithLogin, usesOfLogin } from '../../../store/work/sessions/login-use.ts';
import { type SessionRow, updateSession } from '../../../store/work/sessions/session-rows.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import type { Agent, AgentLogin, AgentReport } from '../../ports/agent.ts';
import { hasLogin, loginPathOf } from '../../run/login-path.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { withWorkSlots } from '../work-slots.ts';

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
export function wayOf(work: Work, agent: Named, begun: SessionRow | undefined): SessionWay | null {
  if (begun) return begun.way;
  if (loginOf(work.settings, agent, work.project.settings) !== null) return 'login';
  return agent.wires.length > 0 ? 'gateway' : null;
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

/**
 * Runs an agent's session in its slot: with a login, it first waits for the login, and then for a slot of the machine.
 * A running session keeps its share.
 */
export async function withSessionSlots(
  way: SessionWay | null,
  work: Work,
  agent: Agent,
  begun: SessionRow | undefined,
  act: (share: { timeMsMax?: number | undefined }) => Promise<StepEnd<'applying'>>,
): Promise<StepEnd<'applying'>> {
  const { login } = agent;
  if (way !== 'login' || login === undefined) return withWorkSlots(work, () => act({}));
  const givenMs = begun?.timeLimitMs ?? undefined;
  if (begun && (await mayHaveStarted(begun))) return withWorkSlots(work, () => act({ timeMsMax: givenMs }));
  return throughLogin(work, { name: agent.name, login }, ({ timeMsMax }) =>
    withWorkSlots(work, () => act({ timeMsMax: Math.min(timeMsMax, givenMs ?? timeMsMax) })),
  );
}

/** A process may exist before its row says so. A session that was only intended has not received the login yet. */
async function mayHaveStarted({ state, directory }: SessionRow): Promise<boolean> {
  return state !== 'intended' || (await findProcess(directory)) !== null;
}

/** How soon to retry if another session is using the login. */
const busyMs = 15_000;

/** A session with less time could do almost nothing. */
const shareMsMin = 1_000;

interface LoginShare {
  /** Its share of the rest of the person's time limit. */
  timeMsMax: number;
}

/**
 * @throws ConfigurationError LOGIN_MISSING
 * @throws ExternalServiceError LOGIN_USED_UP
 */
async function throughLogin<T>(
  work: Work,
  agent: Pick<Agent, 'name'> & { login: AgentLogin },
  act: (share: LoginShare) => Promise<T>,
): Promise<T> {
  const { slots, settings, signal } = work;
  if (!(await hasLogin(loginPathOf(settings, agent.name), agent.login)))
    throw missing(agent.name, settings.host);
  // Within the slot, nobody else decides, so a limit admits exactly that many sessions.
  return slots.withSlot(
    `login:${settings.host}:${agent.name}`,
    () => settings.logins.sessionsMax,
    signal,
    async () => act(await shareOf(work, agent.name)),
  );
}

async function shareOf(work: Work, agent: string): Promise<LoginShare> {
  const { database, settings, clock, run, signal } = work;
  const { host, logins } = settings;
  const now = clock.now();
  const since = new Date(now.getTime() - logins.windowMs);
  const { refusedUntil, others, uses } = await database.run(
    async (query) => ({
      refusedUntil: await loginRefusedUntil(query, { host, agent, now }),
      others: await othersWithLogin(query, { host, agent, runId: run.id }),
      uses: await usesOfLogin(query, { host, agent, since }),
    }),
    signal,
  );
  if (refusedUntil !== null)
    throw usedUp(agent, 'its provider has reported that the usage limit is reached', refusedUntil, now);
  // A session that outlived its Moose holds no slot.
  if (others >= logins.sessionsMax)
    throw usedUp(agent, 'another session uses it', new Date(now.getTime() + busyMs), now);
  const { full } = loginState(uses, logins, now);
  if (full !== null) throw usedUp(agent, `your limit of ${full.by} is reached`, full.untilAt, now);
  const timeMsMax = timeShareMs(uses, logins, now);
  if (timeMsMax < shareMsMin)
    throw usedUp(
      agent,
      'the running sessions may need all the time that is left',
      new Date(now.getTime() + busyMs),
      now,
    );
  return { timeMsMax };
}

function usedUp(agent: string, because: string, untilAt: Date, now: Date): ExternalServiceError {
  return workplaceFailures.LOGIN_USED_UP(
    {
      operation: 'applying',
      retryAfterMs: Math.max(0, untilAt.getTime() - now.getTime()),
      metadata: { agent, untilAt: untilAt.toISOString() },
    },
    { agent, untilAt: untilAt.toISOString(), because },
  );
}

function missing(agent: string, host: string): ConfigurationError {
  return workplaceFailures.LOGIN_MISSING({ operation: 'applying', metadata: { agent } }, { agent, host });
}

/** The longest window of a provider is a week: a later time is a mistake, or a manipulation by the agent. */
const backMsMax = 8 * 24 * 60 * 60_000;

/** The database's maximum: an agent can make its program report a larger sum. */
const nanoUsdMax = 2n ** 63n - 1n;

/**
 * Keeps what the program of a session with a login reported: shown as notional dollars, never booked as spent. May be
 * repeated: it writes the same again.
 */
export async function keepUse(
  work: Work,
  session: SessionRow,
  { endedAt }: Pick<SessionEnd, 'endedAt'>,
  { inputTokens, outputTokens, costNanoUsd, failure }: AgentReport,
): Promise<void> {
  const waitMs =
    failure?.code === 'AGENT_USAGE_LIMIT' ? Math.min(failure.retryAfterMs ?? 0, backMsMax) : null;
  const use = {
    reportedInputTokens: countOf(inputTokens),
    reportedOutputTokens: countOf(outputTokens),
    notionalNanoUsd: costNanoUsd !== null && costNanoUsd <= nanoUsdMax ? costNanoUsd : null,
    loginBackAt: waitMs === null ? null : new Date(endedAt.getTime() + waitMs),
  };
  await fenced(work, (query) => updateSession(query, session.id, use));
  Object.assign(session, use);
}

const countOf = (count: number | null) =>
  count === null || !Number.isSafeInteger(count) || count < 0 ? null : BigInt(count);
