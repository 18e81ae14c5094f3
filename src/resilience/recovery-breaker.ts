// A work order is recovered at most three times in an hour (R-REC-3): the fourth time a person is asked.

export interface RecoveryBreakerPolicy {
  recoveriesMax: number;
  windowMs: number;
}

export const defaultRecoveryBreaker: RecoveryBreakerPolicy = { recoveriesMax: 3, windowMs: 3_600_000 };

export interface RecoveryAdmission {
  isAdmitted: boolean;
  /** The recoveries that still count, as JSON, including this one if it was admitted; at most `recoveriesMax`. */
  recoveredAt: number[];
}

/** Pure; instants in milliseconds since the epoch. A refused recovery does not count: it did not take place. */
export function admitRecovery(
  { recoveriesMax, windowMs }: RecoveryBreakerPolicy,
  recoveredAt: readonly number[],
  now: number,
): RecoveryAdmission {
  // A recovery in the future, from a clock that was set back, counts as now: for one window at most.
  const recent = recoveredAt.map((at) => Math.min(at, now)).filter((at) => now - at < windowMs);
  const isAdmitted = recent.length < recoveriesMax;
  return { isAdmitted, recoveredAt: isAdmitted ? [...recent, now] : recent };
}
