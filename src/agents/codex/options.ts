import type { ProgramPlace } from '../program.ts';

export interface CodexOptions extends Partial<ProgramPlace> {
  /** How often Codex itself retries one model call. */
  retriesMax?: number;
}

export type CodexSettings = Required<CodexOptions>;
