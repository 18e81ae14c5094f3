// One supervised run of a process: an agent, or a check (R-SES).

/** `intended` before the process starts, `running` once it has, then one of the ends. */
export const sessionStates = ['intended', 'running', 'exited', 'stopped', 'lost'] as const;
export type SessionState = (typeof sessionStates)[number];

/**
 * Why Moose stops a process by itself. `silent`: no output for too long. `output_limit`: too much of it. `braked`: its model
 * calls ran away. `idle`: it has called no model for too long.
 */
export const stopReasons = ['timeout', 'silent', 'output_limit', 'braked', 'idle'] as const;
export type StopReason = (typeof stopReasons)[number];

/** How a process ended. `lost`: it died without leaving its exit file. `reason` is why Moose ended it, or null when it ended by itself. */
export interface SessionEnd {
  exitCode: number | null;
  signal: string | null;
  reason: StopReason | 'cancelled' | 'lost' | null;
  startedAt: Date;
  endedAt: Date;
}

/** `network`: its only way out is the gateway, and it sees no process but its own. */
export const isolationLevels = ['network', 'none'] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

/** `auto`: where the machine allows it. `require`: or the agent does not start. */
export const isolationWishes = ['auto', 'require', 'off'] as const;
export type IsolationWish = (typeof isolationWishes)[number];
