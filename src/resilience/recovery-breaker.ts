// A work order is recovered three times in an hour at most (R-REC-3): the fourth is a question to a human.

export interface RecoveryBreakerPolicy {
  recoveriesMax: number;
  windowMs: number;
}

export const defaultRecoveryBreaker: RecoveryBreakerPolicy = { recoveriesMax: 3, windowMs: 3_600_000 };

export interface RecoveryAdmission {
  isAdmitted: boolean;
  /** JSON: the recoveries that still count, with this one if it was admitted; at most `recoveriesMax`. */
  recoveredAt: number[];
}

/** Pure; instants in milliseconds of the epoch. A refused recovery does not count: it did not take place. */
export function admitRecovery(
  { recoveriesMax, windowMs }: RecoveryBreakerPolicy,
  recoveredAt: readonly number[],
  now: number,
): RecoveryAdmission {
  // One that lies ahead, by a clock that was set back, is read as one of now: it counts for a window at most.
  const recent = recoveredAt.map((at) => Math.min(at, now)).filter((at) => now - at < windowMs);
  const isAdmitted = recent.length < recoveriesMax;
  return { isAdmitted, recoveredAt: isAdmitted ? [...recent, now] : recent };
}
