// The labelled runs as stored: the features after each failed cycle, the cost so far, and the end.
import { readFileSync, writeFileSync } from 'node:fs';
import { type Features, featureNames } from '../../src/domain/nowhere/features.ts';
import type { Behaviour } from './variants.ts';

export interface LabelledRun {
  seed: number;
  behaviour: Behaviour;
  cyclesMax: number;
  endsWell: boolean;
  /** The cost of the whole run. */
  costUsd: number;
  cycles: readonly { features: Features; costUsd: number }[];
}

export const labelledRunsPath = new URL('./labelled-runs.jsonl', import.meta.url);
export const wholeRunsPath = new URL('./whole-runs.jsonl', import.meta.url);

type Row = [number, Behaviour, number, boolean, number, [number, ...number[]][]];

/** One line for each run. Each cycle has its cost, and then its features in the order of their names. */
export function saveRuns(path: URL, runs: readonly LabelledRun[]): void {
  const lines = runs.map(({ seed, behaviour, cyclesMax, endsWell, costUsd, cycles }) => {
    const rows = cycles.map((cycle): [number, ...number[]] => [
      rounded(cycle.costUsd),
      ...featureNames.map((name) => rounded(cycle.features[name])),
    ]);
    const row: Row = [seed, behaviour, cyclesMax, endsWell, rounded(costUsd), rows];
    return JSON.stringify(row);
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

export function readRuns(path: URL): LabelledRun[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [seed, behaviour, cyclesMax, endsWell, costUsd, rows] = JSON.parse(line) as Row;
    const cycles = rows.map(([cost, ...values]) => ({
      costUsd: cost,
      features: Object.fromEntries(featureNames.map((name, at) => [name, values[at] ?? 0])) as Features,
    }));
    return { seed, behaviour, cyclesMax, endsWell, costUsd, cycles };
  });
}

const rounded = (value: number) => Number(value.toFixed(4));
