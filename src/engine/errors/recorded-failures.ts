// Failures that are rows already: what ends a step with one of them does not write it a second time.
import type { MooseError } from '../../domain/failure.ts';

/** Added to once the transaction that wrote the row has committed. */
export const recordedFailures = new WeakSet<MooseError>();
