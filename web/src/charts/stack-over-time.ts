// Turns counts per span into chart data: includes every span, and merges series that are too many to tell apart.
import { seriesMax } from './series-look.ts';

export interface TimeSpan {
  since: string;
  until: string;
  bucket_ms: number;
}
export interface CountedRow {
  at: string;
  name: string;
  value: number;
}
export interface StackPoint {
  at: string;
  /** One value per series, in order. */
  values: number[];
}
export interface Stack {
  series: Array<{ name: string; total: number; isOthers: boolean }>;
  points: StackPoint[];
}

/** Limit of spans; no range has more. */
const spansMax = 400;

/** The start of each span, including the current one. */
export function spansOf({ since, until, bucket_ms: bucketMs }: TimeSpan): string[] {
  const sinceMs = Date.parse(since);
  const count = Math.min(spansMax, Math.max(1, Math.ceil((Date.parse(until) - sinceMs) / bucketMs)));
  return Array.from({ length: count }, (_, index) => new Date(sinceMs + index * bucketMs).toISOString());
}

/** Largest first; the rest beyond `most` is merged. */
export function stackOverTime(span: TimeSpan, rows: readonly CountedRow[], most = seriesMax): Stack {
  const totals = new Map<string, number>();
  for (const { name, value } of rows) totals.set(name, (totals.get(name) ?? 0) + value);
  const ranked = [...totals].sort(([, one], [, other]) => other - one);
  const kept = ranked.length > most ? ranked.slice(0, most - 1) : ranked;
  const left = ranked.slice(kept.length);
  const placeOf = new Map(kept.map(([name], index) => [name, index]));
  const series = kept.map(([name, total]) => ({ name, total, isOthers: false }));
  if (left.length > 0) {
    const total = left.reduce((sum, [, value]) => sum + value, 0);
    series.push({ name: `${left.length} others`, total, isOthers: true });
  }
  const points = spansOf(span).map((at) => ({ at, values: series.map(() => 0) }));
  const pointOf = new Map(points.map((point) => [point.at, point]));
  for (const { at, name, value } of rows) {
    const point = pointOf.get(new Date(at).toISOString());
    const place = placeOf.get(name) ?? kept.length;
    if (point) point.values[place] = (point.values[place] ?? 0) + value;
  }
  return { series, points };
}
