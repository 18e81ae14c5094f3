// Regularly looks for patterns in the attempts of the last months; readers get the newest result (R-LRN-3).
import { newId } from '../../domain/ids.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { attemptCells } from '../../store/figures/attempt-cells.ts';
import { replacePatterns } from '../../store/figures/patterns.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { findPatterns } from './find-patterns.ts';

const everyMs = 5 * 60_000;
/** Older attempts say little about today's models. */
export const patternDays = 90;
export const patternsSince = (now: Date) => new Date(now.getTime() - patternDays * 24 * 60 * 60_000);

export function patternsJob(deps: { database: Database; clock: Clock }): PeriodicJob {
  return { name: 'patterns', everyMs, run: (signal) => computePatterns(deps, signal) };
}

export async function computePatterns(
  { database, clock }: { database: Database; clock: Clock },
  signal?: AbortSignal,
): Promise<void> {
  const computedAt = clock.now();
  const attempts = await database.run((query) => attemptCells(query, patternsSince(computedAt)), signal);
  const rows = findPatterns(attempts).map(({ cell, ...pattern }) => ({
    id: newId<string>(computedAt),
    ...pattern,
    ...cell,
    computedAt,
  }));
  await database.transaction((query) => replacePatterns(query, rows), signal);
}
