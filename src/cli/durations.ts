import { durationMs } from '../domain/duration.ts';
import { PermanentError } from '../domain/failure.ts';

/** `90s`, `10m`, `2h`, `7d`, `500ms`; a bare number is seconds. @throws PermanentError `DURATION_INVALID` */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms !== null) return ms;
  throw new PermanentError({
    code: 'DURATION_INVALID',
    component: 'cli',
    operation: 'parse',
    message: `"${text}" is not a duration.`,
    advice: 'Write it as 90s, 10m, 2h or 7d.',
  });
}
