import type { ProgramPlace } from '../program.ts';

export interface ClaudeCodeOptions extends Partial<ProgramPlace> {
  /** How often Claude Code itself retries one model call. */
  retriesMax?: number;
  /** Makes the UUIDs of Claude Code's sessions. */
  newSessionId?: () => string;
}

export type ClaudeCodeSettings = Required<ClaudeCodeOptions>;
