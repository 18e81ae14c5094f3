// The live output: one changing line at a terminal, and one line for each round.

import { canBeLive, openLiveLines } from '../src/cli/terminal/live-lines.ts';
import type { Printer } from '../src/cli/terminal/printer.ts';
import type { Instance } from './instance.ts';
import { roundLine } from './round-line.ts';
import type { RoundResult } from './run-round.ts';
import type { Round } from './scenario.ts';

/** Without a terminal, one line is printed for this many faults. */
const noteEvery = 50;

export interface Screen {
  report(what: string): void;
  begin(round: Round): void;
  end(result: RoundResult): void;
  /** Counts the end of a fault that ran side by side with others. */
  count(round: Round, because: string | null): void;
  close(): void;
}

export function openScreen(printer: Printer, { processes, submitted }: Instance): Screen {
  let what = '';
  let hits = 0;
  let sinceMs = performance.now();
  let isOver = false;
  const draw = () => {
    if (isOver) return [];
    const seconds = ((performance.now() - sinceMs) / 1_000).toFixed(0);
    const living = processes.living().map(({ role, pid }) => `${role} ${pid}`);
    return [
      `     ${what}  ${seconds} s  ·  ${submitted.length} work orders  ·  ${living.join(', ') || 'no Moose'}`,
    ];
  };
  const live = canBeLive(printer) ? openLiveLines(process.stderr, draw) : null;
  const report = (text: string) => {
    what = text;
    sinceMs = performance.now();
  };
  return {
    report,
    begin: ({ number, scenario }) => report(`round ${number}: ${scenario.name}`),
    end: (result) => printer.note(roundLine(result)),
    count({ scenario, lane }, because) {
      if (because === null) hits += 1;
      what = `${hits} faults, the last one ${scenario.name} (${lane})`;
      if (live !== null) return;
      if (hits % noteEvery === 0 && because === null) printer.note(`${hits} faults`);
    },
    close() {
      isOver = true;
      live?.close();
    },
  };
}
