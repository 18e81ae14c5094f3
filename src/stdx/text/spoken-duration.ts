// Reads a duration as people and providers write it: '6m0s', '1h 5m', '90 s', '2 minutes and 30 seconds'.

const units = 'days?|hours?|hrs?|minutes?|mins?|milliseconds?|millis|msecs?|seconds?|secs?|ms|d|h|m|s';
export const spokenDuration = String.raw`(?:\d{1,9}(?:\.\d{1,9})? ?(?:${units})(?![a-z])(?:,? (?:and )?(?=\d))?){1,4}`;

const whole = new RegExp(`^${spokenDuration}$`, 'i');
const part = /(\d{1,9}(?:\.\d{1,9})?) ?(milli|ms|d|h|m|s)/gi;
const unitMs: Readonly<Record<string, number>> = {
  milli: 1,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Undefined if the text is anything else than a duration. */
export function spokenDurationMs(text: string): number | undefined {
  if (!whole.test(text.trim())) return undefined;
  const parts = [...text.matchAll(part)];
  const ms = parts.reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (unitMs[unit.toLowerCase()] ?? 0),
    0,
  );
  return Math.round(ms * 1e3) / 1e3;
}
