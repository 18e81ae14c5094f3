import { join } from 'node:path';
import { type Cell, readMatrix, type Victim, victims, victimTexts } from '../../bench/crash-matrix/cells.ts';
import { killPoints } from '../../bench/crash-matrix/kill-points.ts';
import { packageRoot } from '../../src/stdx/files/own-files.ts';
import { markdownTable } from './markdown-table.ts';

const resultsPath = join(packageRoot, 'bench/crash-matrix/results.json');

/** Each point in the code with each kind of process, and the result of a real run, if there was one. */
export function crashMatrixTable(): string {
  const { cells } = readMatrix(resultsPath);
  const cellAt = (point: string, victim: Victim) =>
    cells.find((cell) => cell.point === point && cell.victim === victim);
  const rows = killPoints.map((point) => [
    `\`${point}\``,
    ...victims.map((victim) => textOf(cellAt(point, victim))),
  ]);
  return markdownTable(['point', ...victims], rows);
}

/** Says before all tables how much of them is known. */
export function crashMatrixState(): string {
  const { cells } = readMatrix(resultsPath);
  const run = cells.filter(({ point }) => killPoints.includes(point)).length;
  const all = killPoints.length * victims.length;
  if (run === 0) return `**Not run yet: all ${all} cells below are empty, and prove nothing.**`;
  return run < all
    ? `**${run} of ${all} cells were run; the others prove nothing.**`
    : `All ${all} cells were run.`;
}

/** What each column kills, and how its cells ended. */
export function crashMatrixCounts(): string {
  const { cells } = readMatrix(resultsPath);
  const rows = victims.map((victim) => {
    const own = cells.filter((cell) => cell.victim === victim && killPoints.includes(cell.point));
    const count = (...outcomes: Cell['outcome'][]) =>
      String(own.filter(({ outcome }) => outcomes.includes(outcome)).length);
    const findings = own.reduce((sum, cell) => sum + cell.findings.length, 0);
    const notRun = String(killPoints.length - own.length);
    return [
      `\`${victim}\``,
      victimTexts[victim],
      ...[count('recovered'), count('escalated'), count('not_ended'), count('none', 'missed')],
      ...[String(findings), notRun],
    ];
  });
  return markdownTable(
    ['column', 'what is killed', 'recovered', 'asked', 'not ended', 'nothing to kill', 'findings', 'not run'],
    rows,
  );
}

function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return 'not run';
  if (cell.findings.length > 0) return `**${cell.findings.length} findings**`;
  const told = { recovered: 'yes', escalated: 'asked', not_ended: '**not ended**', none: '–', missed: '–' };
  return cell.seconds === null ? told[cell.outcome] : `${told[cell.outcome]}, ${cell.seconds} s`;
}
