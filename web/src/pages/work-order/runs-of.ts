// Groups the timeline for display: runs, newest first; their cycles; and the steps of each cycle in order.
import type { Station } from '../../../../src/contract/contract.ts';
import { steps } from '../../parts/step-marks.ts';

/** The steps of a run and the optional one after them. */
export type TrackStep = Station['step'];
export const track: readonly TrackStep[] = [...steps, 'awaiting_ci'];

export interface CycleOfRun {
  cycle: number;
  stations: Station[];
}

export interface RunOfOrder {
  run: number;
  cycles: CycleOfRun[];
  costUsd: number;
  durationMs: number;
  attempts: number;
}

export function runsOf(timeline: readonly Station[], now = Date.now()): RunOfOrder[] {
  const runs = new Map<number, Map<number, Station[]>>();
  for (const station of timeline) {
    const cycles = runs.get(station.run) ?? new Map<number, Station[]>();
    runs.set(station.run, cycles);
    cycles.set(station.cycle, [...(cycles.get(station.cycle) ?? []), station]);
  }
  return [...runs.entries()].sort(([a], [b]) => b - a).map(([run, cycles]) => runOf(run, cycles, now));
}

function runOf(run: number, cycles: ReadonlyMap<number, readonly Station[]>, now: number): RunOfOrder {
  const ordered = [...cycles.entries()]
    .sort(([a], [b]) => a - b)
    .map(([cycle, stations]) => ({ cycle, stations: [...stations].sort(byTrack) }));
  const all = ordered.flatMap(({ stations }) => stations);
  return {
    run,
    cycles: ordered,
    costUsd: all.reduce((sum, { cost_usd: costUsd }) => sum + costUsd, 0),
    durationMs: all.reduce((sum, station) => sum + (lastedMs(station, now) ?? 0), 0),
    attempts: all.reduce((sum, { attempts }) => sum + attempts.length, 0),
  };
}

export const isUnderWay = ({ state }: Station) => state === 'running' || state === 'retrying';

export function lastedMs(station: Station, now: number): number | null {
  const { started_at: startedAt, duration_ms: durationMs } = station;
  return isUnderWay(station) && startedAt ? Math.max(0, now - new Date(startedAt).getTime()) : durationMs;
}

const byTrack = (a: Station, b: Station) => track.indexOf(a.step) - track.indexOf(b.step);

/** Waiting for CI is shown only if Moose waits for it. */
export function stepsDrawn(timeline: readonly Station[]): readonly TrackStep[] {
  return timeline.some(({ step }) => step === 'awaiting_ci') ? track : track.slice(0, -1);
}

export const keyOf = ({ run, cycle, step }: Station) => `${run}.${cycle}.${step}`;
export const stepName = (step: string) =>
  step === 'creating_pr' ? 'pull request' : step.replaceAll('_', ' ');

/** The running or failed step, if there is one. */
export function stationToLookAt(timeline: readonly Station[]): string | undefined {
  const newest = runsOf(timeline)[0]?.cycles.at(-1)?.stations ?? [];
  const station = newest.findLast(({ state }) => state !== 'done' && state !== 'undone');
  return station && keyOf(station);
}
