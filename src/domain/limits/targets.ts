// The objectives of Moose: recovery per failure class, and messages that say what to do. Error budgets and burn rates
// follow from them (R-UI-5, R-ESC-6). Pure.
import type { FailureClass } from '../failure.ts';

/** Only a person can raise a limit. */
const unrecoverable: ReadonlySet<FailureClass> = new Set(['budget_exceeded']);

/** The share of a class's failures that should recover without a person; null if only a person can help. */
export function recoveryObjective(failureClass: FailureClass, share: number): number | null {
  return unrecoverable.has(failureClass) ? null : share;
}

/** Below the first one, the fastest burn alert could not occur; with the last one, one failure in a thousand is too many. */
export const recoveryShares = { min: 0.85, max: 0.999 } as const;

/** The time within which 95 of 100 recovered failures should be recovered. */
export const recoveryMsMax = 30 * 60_000;

/** The share of errors that should have a cause, evidence and advice. */
export const messageObjective = 0.95;

/** The period of an error budget. */
export const budgetDays = 30;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Lengths of time over which a burn rate is measured. */
export const burnWindows = { '30m': 30 * minuteMs, '6h': 6 * hourMs, '3d': 72 * hourMs } as const;
export type BurnWindow = keyof typeof burnWindows;

/**
 * Multi-window alerts, after the Site Reliability Workbook, chapter 5: the long window shows that it matters, the short
 * one that it continues. At these rates, a fast burn uses 5 % of the month's budget in six hours, a slow one 10 % in
 * three days. The workbook's fastest pair, 14.4 times in an hour, cannot occur with an objective of 90 %.
 */
export const burnAlerts = [
  { burn: 'fast', long: '6h', short: '30m', above: 6 },
  { burn: 'slow', long: '3d', short: '6h', above: 1 },
] as const satisfies ReadonlyArray<{ burn: string; long: BurnWindow; short: BurnWindow; above: number }>;
export const burns = ['none', 'slow', 'fast'] as const;
export type Burn = (typeof burns)[number];

/** With fewer failures in the long window, a single one would raise an alert. */
export const burnCountMin = 5;

export interface Resolved {
  recovered: number;
  unrecovered: number;
}

/** At 1, the budget is used up exactly at the end of its period; null without a failure. */
export function burnRate({ recovered, unrecovered }: Resolved, objective: number): number | null {
  const all = recovered + unrecovered;
  return all === 0 ? null : unrecovered / all / (1 - objective);
}

export function burnOf(seen: Readonly<Record<BurnWindow, Resolved>>, objective: number): Burn {
  const found = burnAlerts.find(({ long, short, above }) => {
    const { recovered, unrecovered } = seen[long];
    if (recovered + unrecovered < burnCountMin) return false;
    return [seen[long], seen[short]].every((one) => (burnRate(one, objective) ?? 0) > above);
  });
  return found?.burn ?? 'none';
}

/** The rest of the period's budget: 1 is all of it, below 0 it is overspent. */
export function budgetLeft(seen: Resolved, objective: number): number {
  return 1 - (burnRate(seen, objective) ?? 0);
}
