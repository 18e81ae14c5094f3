// The cells of the crash matrix: each point of a run with each kind of process that is killed there. Pure.
import { existsSync, readFileSync } from 'node:fs';
import { killPoints } from './kill-points.ts';

export const victims = [
  'worker',
  'server',
  'gateway',
  'launcher',
  'session',
  'postgres',
  'everything',
] as const;
export type Victim = (typeof victims)[number];

export const victimTexts: Readonly<Record<Victim, string>> = {
  worker: '`moose worker`, which carries the run',
  server: '`moose up`, which carries the run',
  gateway: 'the gateway of the model calls',
  launcher: 'the small process that starts git',
  session: 'the agent or the check that runs',
  postgres: 'PostgreSQL',
  everything: 'all of them at once, as by a power cut',
};

export interface Cell {
  point: string;
  victim: Victim;
  /**
   * `recovered`: the work order was completed without a person; `none`: no such process was running; `missed`: no run
   * reached the point.
   */
  outcome: 'recovered' | 'escalated' | 'not_ended' | 'none' | 'missed';
  /** The number of killed processes. */
  killed: number;
  /** From the kill to the end of the work order. */
  seconds: number | null;
  /** What the judge found about its work order. */
  findings: string[];
}

export interface Matrix {
  /** When the first cell was run. */
  at: string;
  cells: Cell[];
  /** Findings of the judge that belong to no cell. */
  findings: string[];
}

export const cellsOf = (victim: Victim): { point: string; victim: Victim }[] =>
  killPoints.map((point) => ({ point, victim }));

/** Empty if the file does not exist. */
export function readMatrix(path: string): Matrix {
  if (!existsSync(path)) return { at: new Date().toISOString(), cells: [], findings: [] };
  return JSON.parse(readFileSync(path, 'utf8')) as Matrix;
}
