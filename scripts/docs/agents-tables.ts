import { readFileSync } from 'node:fs';
import { installCommand } from '../../src/agents/program.ts';
import { createAgents } from '../../src/app/agents.ts';
import { readConfig } from '../../src/app/config/config.ts';
import type { Cell } from '../../test/agents/cell.ts';
import { faults } from '../../test/agents/faults.ts';
import { programsByAgent } from '../agents/install-agent.ts';
import { type KeptCell, measuredPath } from '../agents/matrix-results.ts';
import { markdownTable } from './markdown-table.ts';

/** The available agents, and what was tested of each. */
export function agentsTable(): string {
  const rows = [...createAgents(readConfig({})).values()].map(({ name, wires }) => {
    const program = programsByAgent[name];
    const spoken = wires.map((wire) => `\`${wire}\``).join(', ') || 'calls no model';
    if (!program) return [`\`${name}\``, 'comes with Moose', spoken, '', ''];
    return [
      `\`${name}\``,
      `${program.title} ${program.testedVersion}`,
      spoken,
      `\`${installCommand(program)}\``,
      `\`${program.setting}\``,
    ];
  });
  return markdownTable(['agent', 'tested with', 'speaks', 'installed by', 'its path'], rows);
}

/**
 * The measured behaviour of each agent with each fault: how the run ended, and how many requests reached the provider.
 */
export function agentsMatrix(): string {
  const cells: KeptCell[] = JSON.parse(readFileSync(measuredPath, 'utf8'));
  const agents = [...new Set(cells.map(({ agent }) => agent))];
  const rows = faults.map(({ name, kinds }) => [
    name,
    kinds[0] === undefined ? 'the change is made' : `\`${kinds[0]}\``,
    ...agents.map((agent) => inShort(cells.find((cell) => cell.agent === agent && cell.fault === name))),
  ]);
  const versions = agents.map((agent) => {
    const version = cells.find((cell) => cell.agent === agent)?.version;
    return `\`${agent}\` ${version ?? ''}`;
  });
  return markdownTable(['what goes wrong', 'is called', ...versions], rows);
}

function inShort(cell: KeptCell | undefined): string {
  if (cell === undefined) return '–';
  const { problems, requests, durationMs } = cell;
  const facts = `${endOf(cell)}, ${requests} req, ${Math.ceil(durationMs / 1_000)} s`;
  return problems.length === 0 ? facts : `**fails** (${facts})`;
}

function endOf({
  stoppedBecause,
  signal,
  exitCode,
  ownKind,
}: Pick<Cell, 'stoppedBecause' | 'signal' | 'exitCode' | 'ownKind'>): string {
  if (stoppedBecause !== null) return `stopped (${stoppedBecause})`;
  const end = signal ?? `exit ${exitCode}`;
  return ownKind === 'no word' ? `${end}, no word` : end;
}
