// For tests: an agent with a person's login, and a work order that runs with it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMooseError } from '../../../domain/failure.ts';
import type { Database } from '../../../store/database.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { atStep, type Given, type Ground } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { defaultSettings, type EngineSettings } from '../../policy/engine-settings.ts';
import type { Agent, AgentLogin, AgentTask } from '../../ports/agent.ts';
import { loginPathOf } from '../../run/login-path.ts';

export const login: AgentLogin = {
  provider: 'anthropic',
  hosts: ['api.anthropic.com'],
  file: '.credentials.json',
  otherWays: /^ANTHROPIC_/,
  signIn: () => ({ argv: ['true'], env: {} }),
};
export const hourMs = 3_600_000;
export const used = { costNanoUsd: 250_000_000n, modelCalls: 2, inputTokens: 1_000, outputTokens: 50 };
export const ok = 'echo new > made.txt; echo says success';

export interface Scripted {
  script?: string;
  report?: Agent['report'];
  tasks?: AgentTask[];
}

export function loginAgent({ script = ok, report, tasks = [] }: Scripted = {}): Agent {
  const given = { name: 'claude-code', writesCode: true, wires: ['anthropic-messages' as const], login };
  const agent = scriptedAgent(script, given);
  return {
    ...agent,
    prepare: async (task) => {
      tasks.push(task);
      return { ...(await agent.prepare(task)), writes: [task.loginPath ?? '/nowhere'] };
    },
    report: report ?? (async (files, end) => ({ ...(await agent.report(files, end)), ...used })),
  };
}

export const settings = (own: Partial<typeof defaultSettings.logins> = {}): Partial<EngineSettings> => ({
  isolation: 'auto',
  logins: { ...defaultSettings.logins, agents: ['claude-code'], ...own },
});

export async function withLogin(database: Database, agent: Agent, given: Given = {}): Promise<Ground> {
  const ground = await atStep(database, 'applying', { agents: [agent], settings: settings(), ...given });
  const folder = loginPathOf(ground.work.settings, 'claude-code');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, login.file), 'secret');
  return ground;
}

export const failure = async (given: Promise<unknown>) => {
  const cause = await given.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isMooseError(cause)) throw cause ?? new Error('It did not fail');
  return cause;
};
export const sessions = (ground: Ground) =>
  ground.work.database.run((query) => sessionsOf(query, ground.work.order.id));
