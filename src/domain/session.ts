// One supervised run of a process: an agent, or a check (R-SES).

/** `intended` before the process starts, `running` once it has, then one of the ends. */
export const sessionStates = ['intended', 'running', 'exited', 'stopped', 'lost'] as const;
export type SessionState = (typeof sessionStates)[number];

/** How a process ended. `reason` is why Moose ended it, or null when it ended by itself. */
export interface SessionEnd {
  exitCode: number | null;
  signal: string | null;
  /** `silent`: no output for too long. `output_limit`: too much of it. `lost`: it died without leaving its exit file. */
  reason: 'timeout' | 'silent' | 'output_limit' | 'cancelled' | 'lost' | null;
  startedAt: Date;
  endedAt: Date;
}
