// Builds the environment of every agent from an allowlist; nothing is inherited (R-SEC-4). Adapters add their own
// variables.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTask } from '../engine/ports/agent.ts';

/** Temporary files stay in the session; this also creates their folder. */
export async function baseEnvironment(
  { homePath, sessionPath }: Pick<AgentTask, 'homePath' | 'sessionPath'>,
  searchPath: string,
): Promise<Record<string, string>> {
  const temporaryPath = join(sessionPath, 'tmp');
  await mkdir(homePath, { recursive: true, mode: 0o700 });
  await mkdir(temporaryPath, { recursive: true, mode: 0o700 });
  return {
    HOME: homePath,
    PATH: searchPath,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    TMPDIR: temporaryPath,
    GIT_TERMINAL_PROMPT: '0',
  };
}
