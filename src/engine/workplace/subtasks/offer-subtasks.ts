// Whether an agent is given the server through which it can ask for sub-tasks, and how that server is started.
import { defaultSubtasks, isOfSubtask, ownServerName } from '../../../domain/work-order/subtask.ts';
import { rootsOfOwnProgram } from '../../../sessions/isolation/tool-roots.ts';
import { exchangeFoldersIn } from '../../../sessions/requests/exchange.ts';
import { makeExchange } from '../../../sessions/requests/write-answer.ts';
import { ownProgram } from '../../../stdx/files/own-files.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Agent, AgentServer } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { commandOf } from '../agents/command-agent.ts';
import { containerFor } from '../container/project-image.ts';

interface Offer {
  servers: AgentServer[];
  /** Folders that the session writes to. */
  writes: string[];
  /** Files and folders that the session reads. */
  reads: string[];
}

const none: Offer = { servers: [], writes: [], reads: [] };

/** Call this before the session starts. */
export async function offerSubtasks(
  work: Work,
  agent: Agent,
  { directory }: Pick<SessionRow, 'directory'>,
): Promise<Offer> {
  if (!mayAsk(work, agent) || (await containerFor(work)) !== null) return none;
  const folders = exchangeFoldersIn(directory);
  makeExchange(folders);
  const program = ownProgram('mcp/subtasks/subtasks-program');
  return {
    servers: [
      {
        name: ownServerName,
        command: process.execPath,
        args: [program, folders.asked, folders.answered],
        env: { NODE_NO_WARNINGS: '1' },
      },
    ],
    writes: [folders.asked],
    reads: [folders.answered, ...(rootsOfOwnProgram(program) ?? [])],
  };
}

/** Where it could only be refused, the agent is not tempted. */
function mayAsk(work: Work, { takesServers = false, writesCode }: Agent): boolean {
  const { order, project } = work;
  const mode = project.settings.subtasks ?? defaultSubtasks;
  const isAlone = !isOfSubtask(order) && order.settings.group === undefined;
  return mode !== 'off' && isAlone && takesServers && writesCode && commandOf(work) === null;
}
