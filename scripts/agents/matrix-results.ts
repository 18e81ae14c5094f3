// What the cells of the matrix gave: kept one by one outside the repository, so that a run that was broken off goes on,
// and put into the repository together, from where the documents take them.

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

/** As it stands in the repository: the calls are told by their number. */
export type KeptCell = Omit<MeasuredCell, 'calls'> & { calls: number | null };

export function writeMeasured(cells: readonly MeasuredCell[]): void {
  const rows: KeptCell[] = cells.map(({ calls, ...cell }) => ({ ...cell, calls: calls?.length ?? null }));
  writeFileSync(measuredPath, `${JSON.stringify(rows, null, 2)}\n`);
}
