// What an agent says about its session, read from the session's files.
import { join } from 'node:path';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Agent, AgentReport } from '../../ports/agent.ts';
import { ownPathOf } from '../../workplace/sessions/session-files.ts';

export function reportOf(
  agent: Agent,
  { directory }: Pick<SessionRow, 'directory'>,
  end: SessionEnd,
): Promise<AgentReport> {
  const outputs = { stdoutPath: join(directory, 'stdout.log'), stderrPath: join(directory, 'stderr.log') };
  return agent.report({ sessionPath: ownPathOf({ directory }), ...outputs }, end);
}
