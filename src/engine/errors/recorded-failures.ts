// Failures that already have a row, so that the end of the step does not write them again.
import type { MooseError } from '../../domain/failure.ts';

/** Added to once the transaction that wrote the row has committed. */
export const recordedFailures = new WeakSet<MooseError>();
