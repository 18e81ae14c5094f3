// Moose's own servers and those of a trusted project, as agents start them: beside the agent, in its sandbox.
import type { AgentServer, AgentTask } from '../engine/ports/agent.ts';

/** A server that does not answer must not use up the agent's time. */
export const serverStartMs = 20_000;
export const serverCallMs = 120_000;

/**
 * Starts the task's servers without these variables, which hold the session's key: `env` removes them, and then becomes
 * the server.
 */
export function serversOf(
  { servers = [], assets }: Pick<AgentTask, 'servers' | 'assets'>,
  without: readonly string[],
): AgentServer[] {
  return [...servers, ...(assets?.servers ?? [])].map(({ command, args, ...server }) => ({
    ...server,
    command: '/usr/bin/env',
    args: [...without.flatMap((name) => ['-u', name]), command, ...args],
  }));
}
