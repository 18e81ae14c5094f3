// A message from a person to a work order: an instruction, or a comment on a line of its change.

export interface Message {
  /** The ID of the message's event. */
  id: string;
  at: Date;
  by: string;
  text: string;
  /** For a comment on a line: the file's path in the repository. */
  file: string | null;
  /** The line number in the changed file, from 1. */
  line: number | null;
  /** The ID of the request that sent the message: a repeated request adds no second message. */
  requestId: string | null;
  /** True if it ends the turn of an agent at work, so that the next cycle reads it at once. */
  isUrgent: boolean;
}

/** When a work order will read a message. */
export type MessageReading = 'first_cycle' | 'now' | 'next_cycle' | 'next_run';

export const messageCharsMax = 10_000;
export const messagesMax = 100;

/** The events in which people steer a work order, and in which its agent answers them. */
export const saidKinds = ['message', 'message.answered', 'escalation.answered'] as const;
export type SaidKind = (typeof saidKinds)[number];
