// Formats and parses durations such as `90 s` without loss.
import { plainNumber } from './plain-number.ts';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** Uses the largest unit that gives a whole number. */
export function exactDuration(ms: number): string {
  if (ms === 0) return '0 s';
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${(ms / size).toLocaleString('en-US')} ${unit}`;
}

const written = /^([\d.,]+)\s*(ms|s|min|h|d)$/i;

/** Null if the text is not a duration. Zero needs no unit. */
export function readDuration(text: string): number | null {
  const bare = text.trim();
  if (bare === '0') return 0;
  const [, count = '', named] = written.exec(bare) ?? [];
  const size = units.find(([unit]) => unit === named?.toLowerCase())?.[1];
  const value = plainNumber(count);
  return size === undefined || value === null ? null : Math.round(value * size);
}

/** Limit of delays for one recovery. */
const delaysMax = 1_000;
const repeated = /^(.*?)\s*[×x*]\s*(\d{1,4})$/i;

/** `1 s, 30 s × 480`: equal neighbors are counted. */
export function reportDelays(delaysMs: readonly number[]): string {
  const runs: { delay: number; times: number }[] = [];
  for (const delay of delaysMs) {
    const last = runs.at(-1);
    if (last?.delay === delay) last.times += 1;
    else runs.push({ delay, times: 1 });
  }
  const words = runs.flatMap(({ delay, times }) =>
    times > repeatsShownMax
      ? [`${exactDuration(delay)} × ${times}`]
      : Array.from({ length: times }, () => exactDuration(delay)),
  );
  return words.join(', ');
}
const repeatsShownMax = 3;

/** Null if one of them is not a duration or there are too many. */
export function readDelays(text: string): number[] | null {
  const parts = text.split(/,(?!\d{3}\b)|;/).filter((part) => part.trim() !== '');
  const delays: number[] = [];
  for (const part of parts) {
    const [, one = part, times = '1'] = repeated.exec(part.trim()) ?? [];
    const delay = readDuration(one);
    if (delay === null || delays.length + Number(times) > delaysMax) return null;
    delays.push(...Array.from({ length: Number(times) }, () => delay));
  }
  return delays;
}
