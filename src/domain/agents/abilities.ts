// What a process that runs work orders can do, as it reports it.

import type { LimitLevel } from '../machine/session-limits.ts';

/** What is missing, as the error that a work order would fail with. */
export interface Lack {
  code: string;
  message: string;
  advice: string;
}

/** How far its machine can limit a session, and how. */
export interface LimitsOfMachine {
  level: LimitLevel;
  reason: string;
}

export interface Abilities {
  /** The providers whose models it can call. */
  providers: readonly string[];
  /** The agents that use a person's login instead of a key. */
  logins: readonly string[];
  /** By agent: what is missing for its work if no model is named. Agents that can work are left out. */
  lacks: Readonly<Record<string, Lack>>;
  /** Absent if an older version reports. */
  limits?: LimitsOfMachine;
}
