// Turns results and the verdict into the printed document, and into a table for a person. Pure except for colours.
import { paint } from '../src/cli/terminal/printer.ts';
import { table } from '../src/cli/terminal/table.ts';
import type { PrintedChaosReport } from '../src/contract/contract.ts';
import { figures, isClean, type Verdict } from './judge/judge.ts';
import type { RoundResult } from './run-round.ts';
import { faultGroups } from './scenario.ts';

const widthMax = 140;
const findingsShownMax = 10;

export interface ChaosFacts {
  seed: number;
  seconds: number;
  machines: number;
  results: readonly RoundResult[];
  verdict: Verdict;
  classes: PrintedChaosReport['classes'];
  reportPath: string;
  /** The scenarios that the user named; empty for all. */
  named: readonly string[];
  minutes?: number;
}

export function reportChaos(facts: ChaosFacts): { document: PrintedChaosReport; lines: string[] } {
  const { seed, seconds, machines, results, verdict, classes, reportPath } = facts;
  const hit = results.filter(({ outcome }) => outcome !== 'skipped');
  const transient = results.filter(
    ({ round, outcome }) => round.scenario.isTransient && outcome !== 'skipped',
  );
  const document: PrintedChaosReport = {
    name: 'chaos',
    ok: isClean(verdict),
    seed,
    seconds,
    machines,
    report: reportPath,
    figures: verdict,
    faults: { injected: hit.length, scenarios: new Set(hit.map(({ round }) => round.scenario.name)).size },
    transient: { injected: transient.length, recovered: countOf(transient, 'recovered') },
    groups: faultGroups.flatMap((group) => {
      const own = results.filter(({ round }) => round.scenario.group === group);
      return own.length === 0 ? [] : [groupOf(group, own)];
    }),
    classes,
    rounds: results.map(roundOf),
  };
  const { named, minutes } = facts;
  const again = [
    ...named,
    ...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
    ...(machines === 1 ? [] : [`--machines ${machines}`]),
  ];
  return { document, lines: linesOf(document, again.map((one) => `${one} `).join('')) };
}

const countOf = (results: readonly RoundResult[], wanted: RoundResult['outcome']) =>
  results.filter(({ outcome }) => outcome === wanted).length;

function groupOf(group: string, results: readonly RoundResult[]): PrintedChaosReport['groups'][number] {
  const skipped = countOf(results, 'skipped');
  return {
    group,
    injected: results.length - skipped,
    skipped,
    recovered: countOf(results, 'recovered'),
    escalated: countOf(results, 'escalated'),
    not_ended: countOf(results, 'not_ended'),
    detection_ms: spreadOf(results.flatMap(({ detectedMs }) => detectedMs ?? [])),
    recovery_ms: spreadOf(results.flatMap(({ recoveredMs }) => recoveredMs ?? [])),
  };
}

/** The mean and the 95th percentile by nearest rank, in whole milliseconds. */
export function spreadOf(values: readonly number[]): { mean: number; p95: number } | null {
  const sorted = values.toSorted((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1];
  if (p95 === undefined) return null;
  return {
    mean: Math.round(sorted.reduce((sum, one) => sum + one, 0) / sorted.length),
    p95: Math.round(p95),
  };
}

function roundOf(result: RoundResult): PrintedChaosReport['rounds'][number] {
  const { round, outcome, because, injectedAt, detectedMs, recoveredMs, orders } = result;
  return {
    number: round.number,
    lane: round.lane,
    scenario: round.scenario.name,
    group: round.scenario.group,
    after_ms: round.afterMs,
    lasts_ms: round.lastsMs,
    pick: round.pick,
    outcome,
    because,
    injected_at: injectedAt?.toISOString() ?? null,
    detected_ms: detectedMs,
    recovered_ms: recoveredMs,
    work_orders: orders.map(({ id, title, status, asked }) => ({ id, title, status, asked: [...asked] })),
  };
}

function linesOf(
  { seed, seconds, figures: found, groups, classes, faults, transient, report }: PrintedChaosReport,
  named: string,
): string[] {
  const rows = groups.map(
    ({ group, injected, recovered, escalated, not_ended, skipped, detection_ms, recovery_ms }) => [
      group,
      ...[injected, recovered, escalated, not_ended, skipped].map(String),
      timesOf(detection_ms),
      timesOf(recovery_ms),
    ],
  );
  const header = [
    'CAUSE',
    'INJECTED',
    'RECOVERED',
    'ESCALATED',
    'NOT ENDED',
    'SKIPPED',
    'DETECTION',
    'RECOVERY',
  ];
  return [
    '',
    ...table(header, rows, widthMax),
    'Times: mean / 95th percentile.',
    '',
    ...classLines(classes),
    ...figures.flatMap((figure) => {
      const all = found[figure];
      const count = all.length === 0 ? paint('green', 'none') : paint('red', String(all.length));
      const shown = all.slice(0, findingsShownMax).map(({ id, what, scenario }) => {
        const during = scenario === null ? '' : ` (${scenario})`;
        return `    ${what}${during}  ${id}`;
      });
      const more = all.length > findingsShownMax ? [`    and ${all.length - findingsShownMax} more`] : [];
      return [`${figure.padEnd(10)} ${count}`, ...shown, ...more];
    }),
    '',
    `${faults.injected} faults of ${faults.scenarios} scenarios hit something, in ${seconds} s.`,
    `${transient.recovered} of ${transient.injected} transient faults recovered without a person.`,
    `Report: ${report}   Again: moose chaos ${named}--seed ${seed}`,
  ];
}

function classLines(classes: PrintedChaosReport['classes']): string[] {
  if (classes.length === 0) return [];
  const seconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);
  const rows = classes.map(({ failure_class, failures, recovered, escalated, detection_ms, recovery_ms }) => [
    failure_class,
    ...[failures, recovered, escalated].map(String),
    ...[seconds(detection_ms), seconds(recovery_ms)],
  ]);
  const header = ['FAILURE CLASS', 'FAILURES', 'RECOVERED', 'QUESTIONS', 'DETECTION', 'RECOVERY'];
  return [...table(header, rows, widthMax), 'Times: mean.', ''];
}

function timesOf(spread: { mean: number; p95: number } | null): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return spread === null ? '–' : `${seconds(spread.mean)} / ${seconds(spread.p95)}`;
}
