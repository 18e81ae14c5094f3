import type { Hit } from './parse-line.ts';

export interface Summary {
  hits: number;
  byClass: Record<string, number>;
  busiest: string | undefined;
  p95: number;
}

/** The value that the given share of the values does not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length * percent) / 100) - 1] ?? 0;
}

export function summarise(hits: readonly Hit[]): Summary {
  const byClass: Record<string, number> = {};
  const byPath = new Map<string, number>();
  for (const { status, path } of hits) {
    const name = status < 400 ? 'ok' : 'failed';
    byClass[name] = (byClass[name] ?? 0) + 1;
    byPath.set(path, (byPath.get(path) ?? 0) + 1);
  }
  const [busiest] = [...byPath].sort(([, a], [, b]) => b - a)[0] ?? [];
  const times = hits.map(({ ms }) => ms);
  return { hits: hits.length, byClass, busiest, p95: percentile(times, 95) };
}
