// Claude Code, as installed from its own package: it reads, writes and runs commands in the worktree by itself, and
// calls its model through the base URL that it is given.

import { randomUUID } from 'node:crypto';
import type { Agent } from '../../engine/ports/agent.ts';
import { prepareClaudeCode } from './prepare.ts';
import { probeClaudeCode } from './probe.ts';
import { reportClaudeCode } from './report.ts';

export interface ClaudeCodeOptions {
  /** Where the program is; absent: `claude` on `searchPath`. */
  programPath?: string;
  /** The PATH by which the program is found and which it hands to the commands it runs. */
  searchPath?: string;
  /** Where it sends its model calls, without `/v1`. */
  baseUrl: string;
  /** Only good for that address: it is in the agent's environment. */
  apiKey: string;
  /** Its own retries of one model call. */
  retriesMax?: number;
  /** Of one model call. */
  outputTokensMax?: number;
  /** UUIDs for its sessions. */
  newSessionId?: () => string;
}

export type ClaudeCodeSettings = Required<Omit<ClaudeCodeOptions, 'programPath'>> & {
  programPath: string | null;
};

const defaults = {
  programPath: null,
  searchPath: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  // Moose retries too, and knows the circuits: of its own ten, eleven requests take three minutes to fail.
  retriesMax: 2,
  outputTokensMax: 32_000,
  newSessionId: randomUUID,
} as const;

export function createClaudeCode(options: ClaudeCodeOptions): Agent {
  const settings: ClaudeCodeSettings = { ...defaults, ...options };
  return {
    name: 'claude-code',
    writesCode: true,
    wires: ['anthropic-messages'],
    probe: async () => await probeClaudeCode(settings),
    prepare: async (task) => await prepareClaudeCode(task, settings),
    report: reportClaudeCode,
  };
}
