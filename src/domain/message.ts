// A message from a person to a work order: an instruction, or a comment on a line of its change.

export interface Message {
  /** Of its event. */
  id: string;
  at: Date;
  by: string;
  text: string;
  /** Of a comment on a line: its path in the repository. */
  file: string | null;
  /** From 1, in the changed file. */
  line: number | null;
  /** The request that sent it, which may be repeated. */
  requestId: string | null;
}

/** When the work order reads a message. */
export type MessageReading = 'first_cycle' | 'next_cycle' | 'next_run';

export const messageCharsMax = 10_000;
export const messagesMax = 100;
