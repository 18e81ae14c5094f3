// Checks whether the agents' logins are on this machine, only by their files' existence. Never reads their content.
import { join } from 'node:path';
import { hasLogin, loginPathOf } from '../../engine/run/login-path.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { loginOf } from '../../engine/workplace/login/session-way.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { createAgents } from '../agents.ts';
import type { Config } from '../config/config.ts';

/** Empty if no agent uses a login and none exists. */
export async function diagnoseLogins(config: Config): Promise<Diagnosis[]> {
  const each = [...createAgents(config).values()].map(async (agent): Promise<Diagnosis[]> => {
    if (agent.login === undefined) return [];
    const name = `login ${agent.name}`;
    const folder = loginPathOf(config, agent.name);
    const isThere = await hasLogin(folder, agent.login);
    const isUsed = loginOf(config.engine, agent) !== null;
    if (!isUsed && !isThere) return [];
    const found = isThere ? join(folder, agent.login.file) : 'none';
    if (!isUsed)
      return [{ name, state: 'ok', found: `${found}, not used: the setting of logins is off`, advice: null }];
    if (!isThere)
      return [
        { name, state: 'warning', found, advice: `Sign in with \`moose agents login ${agent.name}\`.` },
      ];
    const advice = await isolationAdvice(config);
    return [{ name, state: advice === null ? 'ok' : 'warning', found, advice }];
  });
  return (await Promise.all(each)).flat();
}

async function isolationAdvice({ engine }: Config): Promise<string | null> {
  const isIsolated = engine.isolation !== 'off' && (await probeIsolation()).way !== null;
  return isIsolated ? null : 'Sessions with a login do not start here: they need isolation.';
}
