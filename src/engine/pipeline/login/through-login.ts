// Lets sessions use a person's login: one at a time, within the person's limits, and not before the time that the
// provider named. Work that has to wait pauses: it uses no attempt and no money, and never moves to a key (R-PROJ-9).

import type { ConfigurationError, ExternalServiceError } from '../../../domain/failure.ts';
import { loginState, timeShareMs } from '../../../domain/login.ts';
import { loginRefusedUntil, othersWithLogin, usesOfLogin } from '../../../store/work/login-use.ts';
import type { Agent, AgentLogin } from '../../ports/agent.ts';
import { hasLogin, loginPathOf } from '../../run/login-path.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

/** How soon to retry if another session is using the login. */
const busyMs = 15_000;

/** A session with less time could do almost nothing. */
const shareMsMin = 1_000;

export interface LoginShare {
  /** Its share of the rest of the person's time limit. */
  timeMsMax: number;
}

/**
 * @throws ConfigurationError LOGIN_MISSING
 * @throws ExternalServiceError LOGIN_USED_UP
 */
export async function throughLogin<T>(
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
  return pipelineFailures.LOGIN_USED_UP(
    {
      operation: 'applying',
      retryAfterMs: Math.max(0, untilAt.getTime() - now.getTime()),
      metadata: { agent, untilAt: untilAt.toISOString() },
    },
    { agent, untilAt: untilAt.toISOString(), because },
  );
}

function missing(agent: string, host: string): ConfigurationError {
  return pipelineFailures.LOGIN_MISSING({ operation: 'applying', metadata: { agent } }, { agent, host });
}
