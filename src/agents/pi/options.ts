import type { ProgramPlace } from '../program.ts';

export interface PiOptions extends Partial<ProgramPlace> {
  /** How often pi itself retries one model call. */
  retriesMax?: number;
  /** Makes the UUIDs of pi's conversations. */
  newConversationId?: () => string;
}

export type PiSettings = Required<PiOptions>;
