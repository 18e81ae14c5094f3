import { PermanentError } from '../domain/failure.ts';
import { parseUsd } from '../domain/money.ts';

/** Dollars above 0, as nano-dollars. @throws PermanentError `LIMIT_INVALID` */
export function parseLimit(text: string): bigint {
  const nanoUsd = parseUsd(text);
  if (nanoUsd !== undefined && nanoUsd > 0n) return nanoUsd;
  throw new PermanentError({
    code: 'LIMIT_INVALID',
    component: 'cli',
    operation: 'parse',
    message: `"${text}" is not an amount above $0 and below $1,000,000,000.`,
    advice: 'Write dollars, as in 0.50.',
  });
}
