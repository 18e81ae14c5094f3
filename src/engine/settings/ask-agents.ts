// The known agents, with the outcomes of their runs.
import type * as wire from '../../contract/contract.ts';
import { loginState } from '../../domain/agents/login.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { allCircuits } from '../../store/failures/circuit-states.ts';
import { agentOutcomes } from '../../store/figures/agent-outcomes.ts';
import { loginRefusedUntil, usesOfLogin } from '../../store/work/sessions/login-use.ts';
import type { KnownNames } from '../commands/submit/agent-choice.ts';
import { isCircuitOfAgent } from '../recovery/agent-circuits.ts';
import { hasLogin, loginPathOf } from '../run/login-path.ts';
import { worst } from './ask-models.ts';
import type { LiveSettings } from './live-settings.ts';

interface AgentDeps {
  database: Database;
  clock: Clock;
  known: KnownNames;
  settings: LiveSettings;
}

const dayMs = 24 * 3_600_000;

/** Includes agents that were never used. */
export function askAgents({ database, clock, known, settings }: AgentDeps) {
  return async (): Promise<wire.Agent[]> => {
    await settings.read();
    const since = new Date(clock.now().getTime() - dayMs);
    const outcomes = await database.run((query) => agentOutcomes(query, since));
    const circuits = await database.run(allCircuits);
    const byName = new Map(outcomes.map((one) => [one.agent, one]));
    return Promise.all(
      known.agentNames.map(async (name) => {
        const { runs = 0, good = 0, lastSuccess = null } = byName.get(name) ?? {};
        const probe = await known.probe?.(name);
        return {
          name,
          is_default: name === settings.current.defaultAgent,
          is_installed: probe?.isInstalled ?? false,
          version: probe?.version ?? null,
          tested_version: probe?.testedVersion ?? null,
          calls_models: known.callsModels?.(name) ?? false,
          circuit: worst(circuits, ({ key }) => isCircuitOfAgent(key, name)),
          runs_24h: runs,
          good_24h: good,
          last_success: lastSuccess?.toISOString() ?? null,
          login: await loginView({ database, clock, known, settings }, name),
        };
      }),
    );
  };
}

async function loginView(
  { database, clock, known, settings: { current } }: AgentDeps,
  agent: string,
): Promise<wire.Agent['login']> {
  const login = known.loginOf?.(agent);
  if (login === undefined) return null;
  const { logins, host } = current;
  const now = clock.now();
  const since = new Date(now.getTime() - logins.windowMs);
  const [uses, refusedUntil] = await Promise.all([
    database.run((query) => usesOfLogin(query, { host, agent, since })),
    database.run((query) => loginRefusedUntil(query, { host, agent, now })),
  ]);
  const { runs, timeMs, tokens, full } = loginState(uses, logins, now);
  const waits = refusedUntil === null ? full : { by: 'provider' as const, untilAt: refusedUntil };
  return {
    is_used: logins.agents.includes(agent),
    host,
    runs,
    time_ms: timeMs,
    tokens,
    is_there: await hasLogin(loginPathOf(current, agent), login),
    waits_until: waits?.untilAt.toISOString() ?? null,
    waits_for: waits?.by ?? null,
  };
}
