// How a change with green checks is judged in a project (R-GREEN-7).
// `checks-only`: the exit codes of its checks decide. `standard`: findings decide too. `strict`: what weakens the checks
// is refused even where `standard` only tells it.
export const verifyLevels = ['strict', 'standard', 'checks-only'] as const;
export type VerifyLevel = (typeof verifyLevels)[number];

export const defaultVerifyLevel: VerifyLevel = 'standard';

/** Whether the first one accepts more than the second one. */
export function isLaxer(one: VerifyLevel, other: VerifyLevel): boolean {
  return verifyLevels.indexOf(one) > verifyLevels.indexOf(other);
}
