// Writes the proposal into the session's directory and starts the program that applies it.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { AgentCommand, AgentTask } from '../../engine/ports/agent.ts';
import { ownProgram } from '../../stdx/files/own-files.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { proposalFileName, writeProposalFile } from './proposal-file.ts';

const programPath = ownProgram('agents/patch/apply-program');

/** @throws MooseError `AGENT_PROPOSAL_MISSING` */
export async function preparePatch(
  task: AgentTask,
  { compileCachePath }: { compileCachePath?: string },
): Promise<AgentCommand> {
  if (task.proposal === null) {
    throw agentFailures.AGENT_PROPOSAL_MISSING('prepare');
  }
  await mkdir(task.sessionPath, { recursive: true, mode: 0o700 });
  const rules = { allowCiChanges: task.allowCiChanges ?? false };
  const proposalPath = join(task.sessionPath, proposalFileName);
  await writePassing(proposalPath, writeProposalFile(task.proposal, rules), { mode: 0o600 });
  return {
    argv: [process.execPath, programPath, proposalPath, task.worktreePath],
    env: {
      LANG: 'C.UTF-8',
      // Node 22 strips types with a warning, which does not belong on the program's stderr.
      NODE_NO_WARNINGS: '1',
      ...(compileCachePath === undefined ? {} : { NODE_COMPILE_CACHE: compileCachePath }),
    },
    writes: compileCachePath === undefined ? [] : [compileCachePath],
  };
}
