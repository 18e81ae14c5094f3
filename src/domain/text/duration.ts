const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const dayMs = 86_400_000;

/** `90s`, `10m`, `2h`, `7d`, `500ms`; a bare number is seconds. Null if it is not a duration. */
export function durationMs(text: string): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)?$/.exec(text.trim());
  const ms = match ? Math.round(Number(match[1]) * (unitMs[match[2] ?? 's'] ?? dayMs)) : 0;
  return ms > 0 && Number.isSafeInteger(ms) ? ms : null;
}

/** The shortest spelling that `durationMs` reads back. */
export function durationText(ms: number): string {
  const [unit, each] = Object.entries(unitMs).findLast(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / each}${unit}`;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** For people: `1.7 s`, `42 s`, `5 min`, `3 h`, `4 days`. */
export function spokenDuration(ms: number): string {
  if (ms < 10 * secondMs) return `${(Math.max(0, ms) / secondMs).toFixed(1)} s`;
  if (ms < minuteMs) return `${Math.round(ms / secondMs)} s`;
  if (ms < hourMs) return `${Math.round(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.round(ms / hourMs)} h`;
  return `${Math.round(ms / dayMs)} days`;
}
