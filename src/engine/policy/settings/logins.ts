// Subscription logins of agents (R-PROJ-9): which agents use one, and how much of it.
import { z } from 'zod';
import { loginAgents } from '../../../domain/agents/login.ts';
import { duration, integer, oneOf, whole } from './kinds.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** An agent with a login can read the login. */
export const loginAgentsKey = 'settings.agents.logins';

const takesEffect = 'Takes effect with the next session.';

export const logins = {
  agents: whole<readonly string[]>({
    key: loginAgentsKey,
    environment: 'MOOSE_LOGIN_AGENTS',
    default: [],
    kind: 'agents',
    namesOf: 'agent',
    schema: z
      .array(oneOf(loginAgents), { error: `must be a list of ${loginAgents.join(', ')}` })
      .refine((list) => new Set(list).size === list.length, { error: 'must not contain duplicates' }),
    title: 'Agents that use your login',
    help: `Claude Code and Codex can use a subscription that you signed in to with \`moose agents login NAME\`, instead of a key. Check the provider's terms first. ${takesEffect}`,
  }),
  sessionsMax: integer({
    key: 'settings.agents.login_sessions',
    default: 1,
    min: 1,
    max: 20,
    title: 'Concurrent sessions of one login',
    help: 'How many sessions use one login at the same time on a machine. They share the time that is left.',
  }),
  windowMs: duration({
    key: 'settings.agents.login_window_ms',
    default: 5 * hourMs,
    min: minuteMs,
    max: 30 * dayMs,
    title: 'Window of the login limits',
    help: 'A session counts toward the limits of its login until it ended this long ago.',
  }),
  runsMax: integer({
    key: 'settings.agents.login_runs',
    default: 40,
    min: 1,
    max: 100_000,
    title: 'Sessions of a login per window',
    help: 'After this many sessions in the window, work with the login waits until the window allows another session.',
  }),
  timeMsMax: duration({
    key: 'settings.agents.login_time_ms',
    default: 4 * hourMs,
    min: minuteMs,
    max: 300 * dayMs,
    title: 'Time of a login per window',
    help: 'The total time of the sessions of a login. A session never gets more than its share of the time that is left.',
  }),
  tokensMax: integer({
    key: 'settings.agents.login_tokens',
    default: 50_000_000,
    min: 1_000,
    max: 1_000_000_000_000,
    title: 'Tokens of a login per window',
    help: 'Input tokens, cached or not, and output tokens, as the program reports them when a session ends. The last session can exceed this limit.',
  }),
};
