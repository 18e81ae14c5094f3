// What was seen of an agent in one row of the matrix.
import type { EndReason } from '../../domain/machine/session.ts';

export interface Observed {
  /** Whether the measurement ended within the row's time. */
  isInTime: boolean;
  /** How many sessions of the agent began. */
  sessions: number;
  exitCode: number | null;
  signal: string | null;
  stoppedBecause: EndReason | null;
  durationMs: number | null;
  /** Its own word about how it ended. */
  said: 'success' | 'failure' | 'refused' | 'nothing';
  words: string;
  /** What it called its version, if its protocol tells one. */
  version: string | null;
  /** How many calls reached its model. */
  calls: number;
  /** The files of the change that Moose accepted; null if it accepted none. */
  changed: string[] | null;
  /** What still ran when it had ended; null if nobody could see it. */
  left: string[] | null;
  otherAddresses: number | null;
  /** Whether the next session knew the conversation, and whether it was told the message; null if not asked. */
  isContinued: boolean | null;
  isHeard: boolean | null;
  status: string;
  /** What Moose called the failure, and decided. */
  code: string | null;
  category: string | null;
  decision: string | null;
  isolation: string | null;
  egress: string | null;
}
