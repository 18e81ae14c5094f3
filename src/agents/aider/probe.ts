// Finds Aider, its version, and the Python to run it with.

import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { AgentProbe } from '../../engine/ports/agent.ts';
import { findProgram, type ProgramPlace, probeProgram, requireProgram } from '../program.ts';
import { aiderProgram } from './program.ts';
import { pythonOf } from './python.ts';

export async function probeAider(place: ProgramPlace): Promise<AgentProbe> {
  const probe = await probeProgram(aiderProgram, place);
  const path = findProgram(aiderProgram, place);
  if (!probe.isInstalled || path === null || (await pythonOf(path, place.searchPath)) !== null) return probe;
  return { ...probe, isInstalled: false, advice: adviseScript(path) };
}

/** @throws MooseError `AGENT_PROGRAM_MISSING` */
export async function requirePython(place: ProgramPlace): Promise<string> {
  const path = requireProgram(aiderProgram, place);
  const python = await pythonOf(path, place.searchPath);
  if (python !== null) return python;
  throw agentFailures.AGENT_PROGRAM_MISSING('prepare', { path, advice: adviseScript(path) });
}

function adviseScript(path: string): string {
  const { package: from, testedVersion } = aiderProgram;
  return `Install it with \`pipx install ${from.name}==${testedVersion}\`: ${path} is not a Python script like the one that pipx creates.`;
}
