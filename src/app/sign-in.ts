// Lets a person sign in to an agent's program, for its sessions. Moose starts the program at the terminal and keeps its
// login file without opening it. The program reads nothing that an agent could have written.

import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { agentFailures } from '../domain/agents/agent-failure-catalogue.ts';
import type { PermanentError } from '../domain/failure.ts';
import type { AgentLogin } from '../engine/ports/agent.ts';
import { hasLogin, loginPathOf } from '../engine/run/login-path.ts';
import { publish } from '../stdx/files/durable-files.ts';
import { createAgents } from './agents.ts';
import type { Config } from './config/config.ts';
import { ownEnvironment } from './config/own-environment.ts';

type Place = Pick<Config, 'dataDirectory'>;

/** @throws MooseError `AGENT_WITHOUT_LOGIN`, `AGENT_PROGRAM_MISSING`, `LOGIN_NOT_MADE` */
export async function signIn(config: Config, agent: string): Promise<{ path: string }> {
  return signInWith(config, agent, loginOf(config, agent));
}

/** Removes the login from this machine; it stays valid at the provider. `was_there`: whether there was one. */
export async function signOut(config: Config, agent: string): Promise<{ path: string; was_there: boolean }> {
  const login = loginOf(config, agent);
  const folder = loginPathOf(config, agent);
  const wasThere = await hasLogin(folder, login);
  await rm(folder, { recursive: true, force: true });
  return { path: join(folder, login.file), was_there: wasThere };
}

export async function signInWith(place: Place, agent: string, login: AgentLogin): Promise<{ path: string }> {
  const folder = loginPathOf(place, agent);
  const draft = `${folder}.signing-in`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const code = await runAtTerminal(login.signIn(draft, ownEnvironment()));
    if (!(await hasLogin(draft, login))) throw notMade(agent, code);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Sessions can write there and may have left a folder in the file's place, which would block every sign-in.
    if (!(await hasLogin(folder, login)))
      await rm(join(folder, login.file), { recursive: true, force: true });
    // Replaced atomically: a session that starts now finds either the old login or the new one.
    await publish(join(draft, login.file), join(folder, login.file));
    return { path: join(folder, login.file) };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function runAtTerminal({ argv, env }: ReturnType<AgentLogin['signIn']>): Promise<number | null> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env });
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function loginOf(config: Config, agent: string): AgentLogin {
  const agents = createAgents(config);
  const login = agents.get(agent)?.login;
  if (login !== undefined) return login;
  const able = [...agents.values()].filter((each) => each.login !== undefined).map(({ name }) => name);
  throw agentFailures.AGENT_WITHOUT_LOGIN('sign in', { agent, able: able.join(', ') });
}

function notMade(agent: string, code: number | null): PermanentError {
  return agentFailures.LOGIN_NOT_MADE('sign in', {
    agent,
    withCode: code === null ? '' : ` with exit code ${code}`,
  });
}
