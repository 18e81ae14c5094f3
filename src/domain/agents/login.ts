// Limits how much Moose may use a person's own login (a subscription): the number of runs, the time and the tokens
// within a window. Pure.

/** How an agent's session reaches its model: through the gateway, with Moose's keys, or with a person's own login. */
export const sessionWays = ['gateway', 'login'] as const;
export type SessionWay = (typeof sessionWays)[number];

/** The agents whose programs can use a person's login. */
export const loginAgents = ['claude-code', 'codex'] as const;

/**
 * A person's choice for one project: its agents use the login, or never do. Without a choice, the setting for all
 * projects decides.
 */
export const loginChoices = ['use', 'never'] as const;
export type LoginChoice = (typeof loginChoices)[number];

/** A session counts until its end is `windowMs` ago. */
export interface LoginLimits {
  windowMs: number;
  runsMax: number;
  timeMsMax: number;
  tokensMax: number;
}

/** One session with a login. `endedAt` is null while it runs; `tokens` are those that its program has reported. */
export interface LoginUse {
  startedAt: Date;
  endedAt: Date | null;
  tokens: number;
  /** The maximum time of the session; absent if the session gets no more than it has used. */
  givenMs?: number | null;
}

export interface LoginState {
  runs: number;
  timeMs: number;
  tokens: number;
  /** The limit that is reached, and when enough sessions have left the window; null if another session may start. */
  full: { by: 'runs' | 'time' | 'tokens'; untilAt: Date } | null;
}

export function loginState(uses: readonly LoginUse[], limits: LoginLimits, now: Date): LoginState {
  const endOf = ({ endedAt }: LoginUse) => endedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const counted = uses
    .filter((use) => endOf(use) > now.getTime() - limits.windowMs)
    .sort((a, b) => endOf(a) - endOf(b));
  const used = sumOf(counted, now);
  const by = reachedBy(used, limits);
  if (by === null) return { ...used, full: null };
  for (const [index, use] of counted.entries()) {
    if (use.endedAt === null || reachedBy(sumOf(counted.slice(index + 1), now), limits) !== null) continue;
    return { ...used, full: { by, untilAt: new Date(use.endedAt.getTime() + limits.windowMs) } };
  }
  // Sessions that still run leave the window last.
  return { ...used, full: { by, untilAt: new Date(now.getTime() + limits.windowMs) } };
}

/**
 * The time for one more session. Running sessions keep the time that they were given; sessions that may start at the
 * same moment share the rest equally. If it is 0 or less, wait until a session ends.
 */
export function timeShareMs(
  uses: readonly LoginUse[],
  { windowMs, timeMsMax, sessionsMax }: Pick<LoginLimits, 'windowMs' | 'timeMsMax'> & { sessionsMax: number },
  now: Date,
): number {
  const takenMs = uses
    .filter(({ endedAt }) => endedAt === null || endedAt.getTime() > now.getTime() - windowMs)
    .reduce((sum, use) => sum + Math.max(msOf(use, now), use.endedAt === null ? (use.givenMs ?? 0) : 0), 0);
  return Math.floor((timeMsMax - takenMs) / sessionsMax);
}

function msOf({ startedAt, endedAt }: LoginUse, now: Date): number {
  return Math.max(0, (endedAt ?? now).getTime() - startedAt.getTime());
}

type Sum = Omit<LoginState, 'full'>;

function sumOf(uses: readonly LoginUse[], now: Date): Sum {
  return {
    runs: uses.length,
    timeMs: uses.reduce((sum, use) => sum + msOf(use, now), 0),
    tokens: uses.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

function reachedBy({ runs, timeMs, tokens }: Sum, limits: LoginLimits): 'runs' | 'time' | 'tokens' | null {
  if (runs >= limits.runsMax) return 'runs';
  if (timeMs >= limits.timeMsMax) return 'time';
  return tokens >= limits.tokensMax ? 'tokens' : null;
}
