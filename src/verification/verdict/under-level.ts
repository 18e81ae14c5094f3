// What findings mean at the level of the project (R-GREEN-7). Pure.
import type { Finding, FindingKind } from '../../domain/work-order/finding.ts';
import type { VerifyLevel } from '../../domain/work-order/verify-level.ts';

/** Kinds that `strict` refuses where `standard` only tells them. */
export const strictKinds: readonly FindingKind[] = [
  'test_changed',
  'never_red',
  'unproved',
  'no_report',
  'suppression',
  'error_swallowed',
  'ci_changed',
];

export function underLevel(findings: readonly Finding[], level: VerifyLevel): Finding[] {
  if (level === 'standard') return [...findings];
  if (level === 'checks-only') return findings.map((finding) => ({ ...finding, weight: 'tells' }));
  const weighed = findings.map(
    (finding): Finding => (strictKinds.includes(finding.kind) ? { ...finding, weight: 'refuses' } : finding),
  );
  return weighed.sort((a, b) => Number(b.weight === 'refuses') - Number(a.weight === 'refuses'));
}
