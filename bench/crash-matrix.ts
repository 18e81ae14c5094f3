// Kills each kind of process at each point of a run, and judges what happened to the work. `--table FILE` stores the
// cells, and skips those that are stored already, unless their work order did not end or did not reach the point.
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Instance, openInstance, type Submitted } from '../chaos/instance.ts';
import { judgeAtRest } from '../chaos/judge/at-rest.ts';
import { figures } from '../chaos/judge/judge.ts';
import { packageRoot } from '../src/stdx/files/own-files.ts';
import { type Cell, cellsOf, type Matrix, readMatrix, type Victim, victims } from './crash-matrix/cells.ts';
import { runCell } from './crash-matrix/run-cell.ts';
import { type Bench, goalAtMost } from './measuring/bench.ts';

/** The build, which people use: it starts faster than the sources. */
const builtMoose = join(packageRoot, 'dist/main.js');
const atOnce = 2;
/** With `--quick`, one in this many points is tested. */
const quickEvery = 14;
/** An instance is judged after this many cells, so that an interruption loses little. */
const cellsOfAJudgement = 4;

export const bench: Bench = {
  about: 'what becomes of a work order when a process is killed, at every point of its run',
  run: async ({ isQuick, signal, note, table }) => {
    const matrix: Matrix =
      table === undefined ? { at: new Date().toISOString(), cells: [], findings: [] } : readMatrix(table);
    const isKnown = (one: { point: string; victim: Victim }) =>
      matrix.cells.some(({ point, victim }) => point === one.point && victim === one.victim);
    // What did not end or was not reached says more about the machine's load than about Moose: it is run again.
    matrix.cells = matrix.cells.filter(({ outcome }) => outcome !== 'not_ended' && outcome !== 'missed');
    // Every kind of process comes early: an interrupted matrix then has cells in each column.
    const batches = inTurns(
      victims.map((victim) => {
        const wanted = cellsOf(victim).filter(
          (one, at) => !isKnown(one) && (!isQuick || at % quickEvery === 0),
        );
        return chunks(wanted, cellsOfAJudgement);
      }),
    );
    const save = async () => {
      if (table === undefined) return;
      await writeFile(`${table}.new`, `${JSON.stringify(matrix, null, 1)}\n`);
      await rename(`${table}.new`, table);
    };
    const execute = async () => {
      if (batches.length === 0) return;
      const instance = await openInstance(undefined, signal, { program: builtMoose });
      const told = new Set<string>();
      try {
        for (let batch = batches.shift(); batch && !signal.aborted; batch = batches.shift()) {
          const done = await runBatch(instance, batch, { told, note });
          matrix.cells.push(...done.cells);
          matrix.findings.push(...done.findings);
          await save();
        }
      } finally {
        await instance.close();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, execute));
    return measured(matrix);
  },
};

/** `told`: the findings of earlier batches on this instance, which the judge reports again. */
async function runBatch(
  instance: Instance,
  batch: readonly { point: string; victim: Victim }[],
  { told, note }: { told: Set<string>; note: (line: string) => void },
): Promise<{ cells: Cell[]; findings: string[] }> {
  const ran: { cell: Cell; orders: Submitted[] }[] = [];
  // Kills all processes: only the one under test, which each cell starts, may take the run.
  await Promise.all(instance.processes.living().map((one) => instance.processes.kill(one)));
  for (const asked of batch) {
    const one = await runCell(instance, asked);
    ran.push(one);
    const { point, victim, outcome, seconds } = one.cell;
    note(`${victim} at ${point}: ${outcome}${seconds === null ? '' : ` in ${seconds} s`}`);
  }
  const verdict = await judgeAtRest(instance);
  const all = figures.flatMap((figure) => verdict[figure].map((one) => ({ ...one, figure })));
  const findings = all.flatMap(({ id, what, figure }) => {
    const text = `${figure}: ${what}`;
    if (told.has(`${id} ${text}`)) return [];
    told.add(`${id} ${text}`);
    note(text);
    const owner = ran.find(({ orders }) => orders.some((order) => order.id === id));
    owner?.cell.findings.push(text);
    return owner ? [] : [text];
  });
  return { cells: ran.map(({ cell }) => cell), findings };
}

function measured(matrix: Matrix) {
  const count = (outcome: Cell['outcome']) => matrix.cells.filter((cell) => cell.outcome === outcome).length;
  const found = matrix.findings.length + matrix.cells.reduce((sum, { findings }) => sum + findings.length, 0);
  const outcomes = ['recovered', 'escalated', 'not_ended', 'none', 'missed'] as const;
  return {
    figures: {
      cells: matrix.cells.length,
      ...Object.fromEntries(outcomes.map((outcome) => [outcome, count(outcome)])),
      findings: found,
    },
    goals: {
      findings: goalAtMost('lost, doubled, overspent, orphaned or silent', found, 0),
      not_ended: goalAtMost('work orders that did not end', count('not_ended'), 0),
    },
  };
}

/** The first of each list, then the second of each, and so on. */
function inTurns<T>(lists: readonly T[][]): T[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}
