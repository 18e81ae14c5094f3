// Notices that an arm has become better or worse than its record: Page's cumulative sum test (Biometrika 1954).
import { type ArmState, noSuspicion, replaceRecord, type Suspicion } from './arm-state.ts';

/** The size of the change to detect, in logits. */
const shift = 1.5;
/** A lower value finds changes sooner, but forgets more arms that were only unlucky: 4.5 costs half a point. */
const alarm = 6;

/** @param seen - the outcome, the probability of a pass by the arm's record, and the outcome's evidence of ability */
export function watchArm(
  arm: ArmState,
  kind: number,
  { passed, chance, added }: { passed: boolean; chance: number; added: readonly number[] },
): void {
  arm.worse = suspect(arm.worse, gainOf(passed, chance, -shift), added);
  arm.better = suspect(arm.better, gainOf(passed, chance, shift), added);
  const changed = [arm.worse, arm.better].find(({ evidence }) => evidence >= alarm);
  if (!changed) return;
  replaceRecord(arm, kind, changed);
  arm.worse = noSuspicion();
  arm.better = noSuspicion();
}

function suspect(before: Suspicion, gain: number, added: readonly number[]): Suspicion {
  const evidence = before.evidence + gain;
  if (evidence <= 0) return before.count === 0 ? before : noSuspicion();
  const likelihood = before.likelihood.map((each, index) => each + (added[index] ?? 0));
  return { evidence, likelihood, count: before.count + 1 };
}

/** The log-likelihood ratio of the outcome for a shifted arm. */
function gainOf(passed: boolean, chance: number, by: number): number {
  const bounded = Math.min(0.98, Math.max(0.02, chance));
  const odds = (bounded / (1 - bounded)) * Math.exp(by);
  const shifted = odds / (1 + odds);
  return passed ? Math.log(shifted / bounded) : Math.log((1 - shifted) / (1 - bounded));
}
