import { parseUsd } from '../../domain/money.ts';
import { cliFailures } from '../failure-catalogue.ts';

/** Dollars above 0, as nano-dollars. @throws PermanentError `LIMIT_INVALID` */
export function parseLimit(text: string): bigint {
  const nanoUsd = parseUsd(text);
  if (nanoUsd !== undefined && nanoUsd > 0n) return nanoUsd;
  throw cliFailures.LIMIT_INVALID('parse', { text });
}
