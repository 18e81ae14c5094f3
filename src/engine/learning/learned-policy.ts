// The learned policy: what it knows, chose and gained, next to the static rule and the best arm (R-LRN-4, R-LRN-5).
import type * as wire from '../../contract/contract.ts';
import { armWorth } from '../../domain/learning/arm-worth.ts';
import { PolicyComparison } from '../../domain/learning/compare-policies.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Database } from '../../store/database.ts';
import {
  newestDecisions,
  type OwnDecision,
  orderBeforeNewest,
  ownDecisions,
} from '../../store/figures/own-decisions.ts';
import { learningProjects } from '../../store/work/learning/learners.ts';
import { heldOutShare } from '../learner/choose-arm.ts';
import { evidenceOf } from '../learner/evidence.ts';
import { readLearner } from '../learner/keep-learner.ts';
import { linesOf } from './own-log.ts';
import { LogReader } from './replay/decision-log.ts';
import { estimatePlan } from './replay/estimate-plan.ts';

/** Older decisions were between other models, at other prices. */
const workOrdersMax = 20_000;
const workOrdersPerRead = 500;
const decisionsShown = 20;
const armsMax = 30;
/** The name under which the choice of the static rule is estimated. */
const staticPlan = '(static)';

export async function learnedPolicy(
  database: Database,
  valueUsd: number,
  signal?: AbortSignal,
  ordersMax = workOrdersMax,
): Promise<wire.LearnedPolicy> {
  const [projects, newest] = await database.run(
    async (query) =>
      [await projectsOf(query, valueUsd), await newestDecisions(query, decisionsShown)] as const,
    signal,
  );
  const seen = await readAll(database, { valueUsd, ordersMax, signal });
  return {
    value_usd: valueUsd,
    projects,
    decisions: newest.map(shownDecision),
    ...estimatesOf(seen, valueUsd),
    comparison: comparisonOf(seen.comparison),
  };
}

async function projectsOf(
  query: Parameters<typeof readLearner>[0],
  valueUsd: number,
): Promise<wire.LearnedPolicy['projects']> {
  const projects: wire.LearnedPolicy['projects'] = [];
  for (const { id, name, settings } of await learningProjects(query)) {
    const record = await readLearner(query, id);
    const arms = record.learner.arms.map((arm) => {
      const { costUsd, ...worth } = armWorth(record.learner, arm);
      return {
        arm: arm.arm,
        ...worth,
        cost_usd: costUsd,
        worth_usd: valueUsd * worth.chance * worth.holds - costUsd,
      };
    });
    arms.sort((one, other) => other.worth_usd - one.worth_usd);
    const mode = settings.learning ?? 'shadow';
    projects.push({ project: name, mode, ...evidenceOf(record), arms: arms.slice(0, armsMax) });
  }
  return projects;
}

interface Seen {
  lines: wire.DecisionLine[][];
  staticArms: Map<string, string>;
  missing: wire.OwnLog['missing'];
  comparison: PolicyComparison;
}

async function readAll(
  database: Database,
  { valueUsd, ordersMax, signal }: { valueUsd: number; ordersMax: number; signal: AbortSignal | undefined },
): Promise<Seen> {
  const missing = { without_outcome: 0, not_counted: 0, other_arm: 0 };
  const seen: Seen = {
    lines: [],
    staticArms: new Map(),
    missing,
    comparison: new PolicyComparison(1 - heldOutShare),
  };
  let after = await database.run((query) => orderBeforeNewest(query, ordersMax), signal);
  for (;;) {
    const from: string | null = after;
    const rows: OwnDecision[] = await database.run(
      (query) => ownDecisions(query, from, workOrdersPerRead),
      signal,
    );
    if (rows.length === 0) break;
    for (const [id, decisions] of Map.groupBy(rows, ({ workOrderId }) => workOrderId)) {
      after = id;
      addOrder(seen, decisions, valueUsd);
    }
  }
  return seen;
}

function addOrder(seen: Seen, decisions: readonly OwnDecision[], valueUsd: number): void {
  const lines = linesOf(decisions, seen.missing);
  const [first] = decisions;
  if (!first || lines.length === 0) return;
  seen.lines.push(lines);
  if (first.staticArm !== null) seen.staticArms.set(first.workOrderId, first.staticArm);
  // While an experiment runs, other shares of the work orders are learned and static.
  const isAssigned =
    first.mode === 'on' && first.experimentId === null && (first.isHeldOut || first.policy === 'learned');
  if (isAssigned) seen.comparison.add({ isOne: !first.isHeldOut, gain: gainOf(lines, valueUsd) });
}

const gainOf = (lines: readonly wire.DecisionLine[], valueUsd: number) =>
  lines.reduce((sum, { status, cost }) => sum + (status === 'success' ? valueUsd : 0) - cost, 0);

function estimatesOf(
  { lines, staticArms, missing }: Seen,
  valueUsd: number,
): Pick<wire.LearnedPolicy, 'log' | 'static' | 'best_arm'> {
  const gains = lines.map((each) => gainOf(each, valueUsd));
  const logged = gains.length === 0 ? null : gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const log = { work_orders: lines.length, value_per_work_order: logged, missing };
  const none = { value_per_work_order: null, supported: false, effective_sample_size: 0 };
  if (logged === null) return { log, static: none, best_arm: null };
  const wanted = ['dr'] as const;
  const relabelled = new LogReader([[staticPlan]]);
  for (const line of lines.flat().map((each) => asStatic(each, staticArms))) relabelled.add(line, 0);
  const byStatic = estimatePlan(relabelled.log, 0, { value: valueUsd, wanted });
  const arms = [...new Set(lines.flat().flatMap(({ arm }) => (arm === null ? [] : [arm])))].slice(0, armsMax);
  const reader = new LogReader(arms.map((arm) => [arm]));
  for (const line of lines.flat()) reader.add(line, 0);
  const best = arms
    .map((arm, plan) => ({ arm, ...estimatePlan(reader.log, plan, { value: valueUsd, wanted }) }))
    .filter(({ supported, dr }) => supported && dr)
    .sort((one, other) => (other.dr?.mean ?? 0) - (one.dr?.mean ?? 0))[0];
  return {
    log,
    static: {
      value_per_work_order: byStatic.dr ?? null,
      supported: byStatic.supported,
      effective_sample_size: byStatic.effective_sample_size,
    },
    best_arm: best?.dr
      ? {
          arm: best.arm,
          value_per_work_order: best.dr,
          regret_usd: Math.max(0, best.dr.mean - logged) * lines.length,
        }
      : null,
  };
}

/** The static rule's choice differs by work order, so it gets one common name and counts as one plan. */
function asStatic(line: wire.DecisionLine, staticArms: ReadonlyMap<string, string>): wire.DecisionLine {
  const own = staticArms.get(line.task);
  const named = (arm: string) => (arm === own ? staticPlan : arm);
  return {
    ...line,
    arm: line.arm === null ? null : named(line.arm),
    propensities: Object.fromEntries(Object.entries(line.propensities).map(([arm, p]) => [named(arm), p])),
  };
}

function comparisonOf(compared: PolicyComparison): wire.LearnedPolicy['comparison'] {
  const { count, ones, difference, low, high, isDecided } = compared.comparison;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    work_orders: count,
    learned: ones,
    difference_usd: difference,
    is_decided: isDecided,
    low_usd: finite(low),
    high_usd: finite(high),
  };
}

function shownDecision(row: OwnDecision): wire.LearnedPolicy['decisions'][number] {
  const { project, policy, arm, because, success, counts } = row;
  const judged = success ? 'success' : 'failure';
  return {
    work_order_id: row.workOrderId,
    project,
    try: row.try,
    policy,
    arm,
    because: because ?? '',
    decided_at: row.decidedAt.toISOString(),
    outcome: success === null ? 'open' : counts === true ? judged : 'not counted',
  };
}

export const finishedValueUsd = (settings: { finishedValueNanoUsd: bigint }): number =>
  usdNumber(settings.finishedValueNanoUsd);
