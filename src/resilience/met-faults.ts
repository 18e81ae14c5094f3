// Failures that are met below the engine and tried again there: each is told once, and what came of all of them at the end.
import type { MooseError } from '../domain/failure.ts';

export interface MetFault {
  /** What came of it; the first word counts. */
  resolved(isRecovered: boolean, retryCount?: number): void;
}

/**
 * Told of each failure after which the same call is made again, before it is: it may not throw and may not wait. The
 * failure that ends a call is not among them: it is thrown, and recorded by whoever catches it.
 */
export type OnFault = (failure: MooseError) => MetFault;

/**
 * So many failures of one call are told of one by one. A call that goes on trying for an hour would otherwise drown
 * what else went wrong; the retries that come after are counted with those.
 */
const toldMax = 100;

/** The failures of one call, in the order in which they are met. */
export interface MetFaults {
  /** `lasts`: the call met nobody, so that the same words again are the same fault, and not another one. */
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
      if (!onFault || isSame || told.length >= toldMax) return;
      told.push(onFault(failure));
    },
    ended(isRecovered) {
      for (const fault of told) fault.resolved(isRecovered, retries);
    },
  };
}
