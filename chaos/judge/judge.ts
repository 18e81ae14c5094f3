// Judges a scratch instance by its rows, its git repositories, its processes and the provider's bill, without using
// Moose's own reports.
import type { Case, Finding } from './case.ts';
import { findDoubled } from './doubled.ts';
import { addRows } from './evidence.ts';
import { findLost } from './lost.ts';
import { findOrphaned } from './orphaned.ts';
import { findOverspent } from './overspent.ts';
import { findSilent } from './silent.ts';

export const figures = ['lost', 'doubled', 'overspent', 'orphaned', 'silent'] as const;
export type Figure = (typeof figures)[number];
export type Verdict = Record<Figure, Finding[]>;

export async function judge(given: Case): Promise<Verdict> {
  const verdict: Verdict = {
    lost: await findLost(given),
    doubled: await findDoubled(given),
    overspent: await findOverspent(given),
    orphaned: await findOrphaned(given),
    silent: await findSilent(given),
  };
  await addRows(
    given.database,
    figures.flatMap((figure) => verdict[figure]),
  );
  return verdict;
}

export function isClean(verdict: Verdict): boolean {
  return figures.every((figure) => verdict[figure].length === 0);
}
