// A server that crashes while it commits leaves nobody who knows whether it did. Moose's own callers then read what is
// there, or do it again; so do the clients and the reaper of this test.
import { isMooseError } from '../../src/domain/failure.ts';

/** Runs the work until its commit is clear. It reads first what an earlier attempt may have left. */
export async function untilClear<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (cause) {
      if (!isMooseError(cause) || cause.code !== 'DATABASE_COMMIT_UNCLEAR') throw cause;
    }
  }
}
