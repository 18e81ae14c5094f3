import { durationMs } from '../../domain/text/duration.ts';
import { cliFailures } from '../failure-catalogue.ts';

/** `90s`, `10m`, `2h`, `7d`, `500ms`; a bare number is seconds. @throws PermanentError `DURATION_INVALID` */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms !== null) return ms;
  throw cliFailures.DURATION_INVALID('parse', { text });
}
