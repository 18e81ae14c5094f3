// Failures below the engine that are retried there: each is reported once, and its outcome at the end.
import type { MooseError } from '../domain/failure.ts';

export interface MetFault {
  /** Reports the outcome; only the first report counts. */
  resolved(isRecovered: boolean, retryCount?: number): void;
}

/**
 * Called for each failure before the same call is retried; it must not throw or wait. The failure that ends a call is
 * not reported here: it is thrown, and the code that catches it records it.
 */
export type OnFault = (failure: MooseError) => MetFault;

/**
 * How many failures of one call are reported separately; later ones are only counted. A call that retries for an hour
 * would otherwise hide other failures.
 */
const shownMax = 100;

/** The failures of one call, in order. */
export interface MetFaults {
  /** `lasts`: the call reached no server, so the same message again counts as the same fault. */
  met(failure: MooseError, lasts?: boolean): void;
  ended(isRecovered: boolean): void;
}

export function followFaults(onFault: OnFault | undefined): MetFaults {
  const told: MetFault[] = [];
  let retries = 0;
  let last: string | undefined;
  return {
    met(failure, lasts = false) {
      retries += 1;
      const isSame = lasts && failure.message === last;
      last = failure.message;
      if (!onFault || isSame || told.length >= shownMax) return;
      told.push(onFault(failure));
    },
    ended(isRecovered) {
      for (const fault of told) fault.resolved(isRecovered, retries);
    },
  };
}
