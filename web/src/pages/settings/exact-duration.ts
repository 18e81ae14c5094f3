// Durations as people write them, without loss: `90 s` there and back.
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** In the largest unit in which it is a whole number. */
export function exactDuration(ms: number): string {
  if (ms === 0) return '0 s';
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${(ms / size).toLocaleString('en-US')} ${unit}`;
}

const written = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)$/i;

/** Null: it is not one. A nought needs no unit. */
export function readDuration(text: string): number | null {
  const bare = text.trim().replaceAll(',', '');
  if (bare === '0') return 0;
  const [, count, named] = written.exec(bare) ?? [];
  const size = units.find(([unit]) => unit === named?.toLowerCase())?.[1];
  return size === undefined ? null : Math.round(Number(count) * size);
}
