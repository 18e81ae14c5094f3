import type { ProgramPlace } from '../program.ts';

export interface QwenCodeOptions extends Partial<ProgramPlace> {
  /**
   * How often Qwen Code itself retries one model call, in addition to seven retries within 90 seconds that cannot be
   * turned off.
   */
  retriesMax?: number;
  /** Makes the UUIDs of Qwen Code's conversations. */
  newConversationId?: () => string;
}

export type QwenCodeSettings = Required<QwenCodeOptions>;
