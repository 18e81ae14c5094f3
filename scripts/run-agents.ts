// Runs the real agents against every fault of their models, through the real gateway: the contract's whole matrix.
// Cells that were run before are not run again.
//   node scripts/run-agents.ts [--agent NAME]… [--fault NAME]… [--again] [--write]
// --again runs them again; --write writes the known results into the repository and the documents.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { problemsOf } from '../test/agents/cell.ts';
import { type AgentFault, faults } from '../test/agents/faults.ts';
import { metered } from '../test/agents/metered-gateway.ts';
import { runCell } from '../test/agents/run-cell.ts';
import { subjects } from '../test/agents/subjects/subjects.ts';
import { installAgent } from './agents/install-agent.ts';
import { type MatrixDatabase, startMatrixDatabase } from './agents/matrix-database.ts';
import { keepCell, keptCell, type MeasuredCell, writeMeasured } from './agents/matrix-results.ts';

/** For two cores; each agent is a program that takes hundreds of megabytes. */
const cellsAtOnce = 2;
const wallClockMs = 180_000;
const idleMs = 90_000;
/** A run that only a limit can end is ended early. */
const endlessIdleMs = 10_000;

const checkDocsPath = join(import.meta.dirname, 'check-docs.ts');

const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean', default: false } as const;
const { values: asked } = parseArgs({
  options: { agent: list, fault: list, again: flag, write: flag },
});
const wanted = Object.keys(subjects).flatMap((agent) => faults.map((fault) => ({ agent, fault })));
const chosen = wanted.filter(
  ({ agent, fault }) => (asked.agent?.includes(agent) ?? true) && (asked.fault?.includes(fault.name) ?? true),
);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const open = chosen.filter(({ agent, fault }) => asked.again || keptCell(agent, fault.name) === null);
if (open.length > 0) await runAll(open);
const known = chosen.flatMap(({ agent, fault }) => keptCell(agent, fault.name) ?? []);
for (const cell of known) process.stdout.write(`${lineOf(cell)}\n`);
if (asked.write) {
  writeMeasured(wanted.flatMap(({ agent, fault }) => keptCell(agent, fault.name) ?? []));
  const { status } = spawnSync(process.execPath, [checkDocsPath, '--write'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
if (known.length < chosen.length || known.some(({ problems }) => problems.length > 0)) process.exitCode = 1;

async function runAll(cells: { agent: string; fault: AgentFault }[]): Promise<void> {
  const database = await startMatrixDatabase();
  try {
    const queue = cells.values();
    const work = async () => {
      for (const { agent, fault } of queue) {
        if (stop.signal.aborted) return;
        keepCell(await runOne(agent, fault, database));
      }
    };
    await Promise.all(Array.from({ length: cellsAtOnce }, work));
  } finally {
    await database.stop();
  }
}

async function runOne(agent: string, fault: AgentFault, { clone }: MatrixDatabase): Promise<MeasuredCell> {
  const subject = subjects[agent];
  if (subject === undefined) throw new Error(`There is no agent ${agent}.`);
  const cell = await runCell({
    subject,
    fault,
    programPath: await installAgent(agent),
    openGateway: metered(clone),
    wallClockMs,
    idleMs: fault.isEndless ? endlessIdleMs : idleMs,
    signal: stop.signal,
  });
  const measured = { ...cell, problems: problemsOf(cell, fault) };
  process.stderr.write('.');
  return measured;
}

function lineOf(cell: MeasuredCell): string {
  const end = cell.stoppedBecause ?? cell.signal ?? `exit ${cell.exitCode}`;
  const kinds = `${cell.ledgerKind ?? '–'} (it says ${cell.ownKind})`;
  const facts = `${cell.requests} requests, ${(cell.durationMs / 1_000).toFixed(1)} s`;
  const verdict = cell.problems.length === 0 ? 'holds' : `FAILS: ${cell.problems.join(' ')}`;
  return `${cell.agent}, ${cell.fault}: ${cell.outcome}, ${kinds}, ${end}, ${facts}: ${verdict}`;
}
