// A policy as a person writes it: `static`, `learned`, or `fixed:` and up to three arms in the order of their use.
import { readArmName } from './arm-name.ts';

export type PolicySpec = { policy: 'static' | 'learned' } | { policy: 'fixed'; plan: readonly string[] };

const plannedMax = 3;
const fixedPrefix = 'fixed:';

/** Null if the text is not a policy. */
export function readPolicy(text: string): PolicySpec | null {
  if (text === 'static' || text === 'learned') return { policy: text };
  if (!text.startsWith(fixedPrefix)) return null;
  const plan = text.slice(fixedPrefix.length).split('>');
  const isPlan = plan.length <= plannedMax && new Set(plan).size === plan.length && !plan.includes('');
  return isPlan ? { policy: 'fixed', plan } : null;
}

/**
 * An arm can be named in full, without the version of its instructions, or by its model alone; the last two with its
 * effort: `MODEL@EFFORT`.
 */
export function isNamed(arm: string, wanted: string): boolean {
  const { agent, model, effort } = readArmName(arm);
  const named = effort === undefined ? model : `${model}@${effort}`;
  return [arm, `${agent}:${named}`, named].includes(wanted);
}
