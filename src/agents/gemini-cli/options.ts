import type { ProgramPlace } from '../program.ts';

export interface GeminiCliOptions extends Partial<ProgramPlace> {
  /** How often Gemini CLI itself retries one model call. */
  retriesMax?: number;
  /** Makes the UUIDs of Gemini CLI's conversations. */
  newConversationId?: () => string;
}

export type GeminiCliSettings = Required<GeminiCliOptions>;
