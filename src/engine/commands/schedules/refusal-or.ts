import {
  ConfigurationError,
  isMooseError,
  type MooseError,
  PermanentError,
} from '../../../domain/failure.ts';

/** A refusal is data: it is recorded, and the schedule continues. */
export function refusalOr<T>(read: () => T): T | MooseError {
  try {
    return read();
  } catch (cause) {
    const isRefusal = cause instanceof PermanentError || cause instanceof ConfigurationError;
    if (!isRefusal || !isMooseError(cause)) throw cause;
    return cause;
  }
}
