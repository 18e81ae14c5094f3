// What findings mean at the level of the project (R-GREEN-7). Pure.
import type { Finding, FindingKind } from '../domain/work-order/finding.ts';
import type { VerifyLevel } from '../domain/work-order/verify-level.ts';
import type { Task } from './task.ts';

type Told = Pick<Finding, 'kind' | 'files'>;

interface Strict {
  /** When it is told nevertheless, for the document on verification; null: never. */
  tellsIf: string | null;
  isAsked(task: Task, told: Told): boolean;
}

/** Kinds that `strict` refuses where `standard` only tells them. Every other kind is told only if the task asks for it. */
export const strictKinds: Partial<Record<FindingKind, Strict>> = {
  from_cache: { tellsIf: null, isAsked: () => false },
  test_changed: {
    tellsIf: 'the task asks to change the tests or snapshots',
    isAsked: (task) => task.asksToChangeTests || task.asksForSnapshots,
  },
  never_red: { tellsIf: null, isAsked: () => false },
  no_report: { tellsIf: null, isAsked: () => false },
  suppression: { tellsIf: 'the task asks for it', isAsked: (task) => task.asksForSuppression },
  error_swallowed: {
    tellsIf: 'the task asks for it',
    isAsked: (task) =>
      task.speaksOf(['ignore swallow tolerate optional silently best-effort fallback default']),
  },
  ci_changed: {
    tellsIf: 'the task asks for it',
    isAsked: (task, { files }) => files.every((path) => task.asksForConfiguration(path)),
  },
};

export function underLevel(findings: readonly Finding[], level: VerifyLevel, task: Task): Finding[] {
  if (level === 'standard') return [...findings];
  if (level === 'checks-only') return findings.map((finding) => ({ ...finding, weight: 'tells' }));
  const weighed = findings.map((finding): Finding => {
    const strict = strictKinds[finding.kind];
    return strict && !strict.isAsked(task, finding) ? { ...finding, weight: 'refuses' } : finding;
  });
  return weighed.sort((a, b) => Number(b.weight === 'refuses') - Number(a.weight === 'refuses'));
}
