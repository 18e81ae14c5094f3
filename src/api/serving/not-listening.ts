import type { ConfigurationError } from '../../domain/failure.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { apiFailures } from '../failure-catalogue.ts';

/** Why a server cannot listen at a place. */
export function notListening(
  { bind, port }: { bind: string; port: number },
  cause: unknown,
): ConfigurationError {
  const code = errorCode(cause);
  if (code === 'EADDRINUSE') {
    return apiFailures.PORT_TAKEN({ operation: 'listen', cause }, { port, bind });
  }
  return apiFailures.PORT_NOT_ALLOWED({ operation: 'listen', cause }, { port, bind, code: code ?? '' });
}
