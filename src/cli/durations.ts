import { PermanentError } from '../domain/failure.ts';

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `2h`, `500ms`; a bare number is seconds. @throws PermanentError `DURATION_INVALID` */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  const ms = match ? Math.round(Number(match[1]) * (unitMs[match[2] ?? 's'] ?? 0)) : 0;
  if (ms > 0 && Number.isSafeInteger(ms)) return ms;
  throw new PermanentError({
    code: 'DURATION_INVALID',
    component: 'cli',
    operation: 'parse',
    message: `"${text}" is not a duration.`,
    advice: 'Write it as 90s, 10m or 2h.',
  });
}
