// The results of the matrix: each cell is saved outside the repository, so that an interrupted run can continue. All
// cells together are then written into the repository, where the documents read them.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../../test/agents/cell.ts';
import { cachePath, programsByAgent } from './install-agent.ts';

export type MeasuredCell = Cell & { problems: string[] };

export const measuredPath = join(import.meta.dirname, '..', '..', 'test', 'agents', 'measured.json');

function folderOf(agent: string): string {
  return join(cachePath, 'agents-matrix', `${agent}-${programsByAgent[agent]?.testedVersion}`);
}

const fileOf = (fault: string): string => `${fault.replaceAll(/\W+/g, '-')}.json`;

export function keptCell(agent: string, fault: string): MeasuredCell | null {
  const folder = folderOf(agent);
  mkdirSync(folder, { recursive: true });
  if (!readdirSync(folder).includes(fileOf(fault))) return null;
  return JSON.parse(readFileSync(join(folder, fileOf(fault)), 'utf8'));
}

export function keepCell(cell: MeasuredCell): void {
  writeFileSync(join(folderOf(cell.agent), fileOf(cell.fault)), JSON.stringify(cell, null, 2));
}

/** A cell as it is saved in the repository: with the number of calls instead of the calls. */
export type KeptCell = Omit<MeasuredCell, 'calls'> & { calls: number | null };

export function writeMeasured(cells: readonly MeasuredCell[]): void {
  const rows: KeptCell[] = cells.map(({ calls, ...cell }) => ({ ...cell, calls: calls?.length ?? null }));
  writeFileSync(measuredPath, `${JSON.stringify(rows, null, 2)}\n`);
}
