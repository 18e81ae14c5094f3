// Moose's own decisions as the log that `moose replay` reads; unusable decisions are counted, not dropped (R-LRN-5).
import type * as wire from '../../contract/contract.ts';
import { stopping } from '../../domain/learning/decide.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Database } from '../../store/database.ts';
import { type OwnDecision, ownDecisions } from '../../store/figures/own-decisions.ts';
import { heldOutShare } from '../learner/choose-arm.ts';

const workOrdersPerPage = 500;

/** A page of whole work orders. */
export async function ownLogPage(
  database: Database,
  after: string | null,
  signal?: AbortSignal,
): Promise<wire.OwnLog> {
  const rows = await database.run((query) => ownDecisions(query, after, workOrdersPerPage), signal);
  const byOrder = [...Map.groupBy(rows, ({ workOrderId }) => workOrderId)];
  const missing = { without_outcome: 0, not_counted: 0, other_arm: 0 };
  const items = byOrder.flatMap(([, decisions]) => linesOf(decisions, missing));
  const next = byOrder.length < workOrdersPerPage ? null : (byOrder.at(-1)?.[0] ?? null);
  return { items, missing, next };
}

/** A provider's fault uses up no try; if another outcome is missing, the log of the work order ends. */
export function linesOf(
  decisions: readonly OwnDecision[],
  missing: wire.OwnLog['missing'],
): wire.DecisionLine[] {
  const lines: wire.DecisionLine[] = [];
  const had = new Set<string>();
  for (const each of decisions) {
    const isStop = each.arm === null;
    if (!isStop && each.success === null) missing.without_outcome += 1;
    else if (!isStop && each.usedArm !== each.arm) missing.other_arm += 1;
    else if (!isStop && each.counts !== true) missing.not_counted += 1;
    else if (!had.has(each.arm ?? stopping)) {
      had.add(each.arm ?? stopping);
      lines.push({
        policy: each.policy,
        order: 0,
        position: 0,
        task: each.workOrderId,
        try: lines.length + 1,
        arm: each.arm,
        propensities: actedPropensities(each),
        features: each.features,
        status: isStop ? 'stopped' : each.success ? 'success' : 'failure',
        cost: isStop ? 0 : usdNumber(each.costNanoUsd ?? 0n),
      });
      if (isStop || each.success) break;
      continue;
    }
    if (each.success === null || each.usedArm !== each.arm) break;
  }
  return lines;
}

/**
 * The actual probability of each arm: that of the learned policy, corrected for the work orders that stay with the
 * static rule, and for those that the learned policy does not decide about.
 */
export function actedPropensities({
  mode,
  policy,
  isHeldOut,
  staticArm,
  propensities,
  try: number,
  arm,
  acted: inExperiment,
}: OwnDecision): Record<string, number> {
  if (inExperiment !== null) return { ...zeros(propensities), ...inExperiment };
  const acted = staticArm ?? arm ?? stopping;
  if (policy === 'static' && !(mode === 'on' && isHeldOut)) return { ...zeros(propensities), [acted]: 1 };
  if (number > 1) return propensities;
  const mixed = Object.entries(propensities).map(([name, chance]) => [name, (1 - heldOutShare) * chance]);
  const both: Record<string, number> = Object.fromEntries(mixed);
  return { ...both, [acted]: (both[acted] ?? 0) + heldOutShare };
}

const zeros = (propensities: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.keys(propensities).map((name) => [name, 0]));
