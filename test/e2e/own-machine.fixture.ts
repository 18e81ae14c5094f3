// Machines for tests: each has its own name, mounts, processes and data directory, on the database of one ground.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { inOwnNamespaces } from '../own-namespaces.ts';
import type { Ground } from './ground.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

/** A worker on a machine of its own, which needs root. Killing it ends everything that runs on the machine. */
export async function startMachine(
  { config, provider, directory, shared }: Ground,
  name: string,
  env: Record<string, string> = {},
): Promise<MooseProcess> {
  const home = join(directory, name);
  await mkdir(home, { recursive: true });
  const machine = await startMoose({
    databaseUrl: config.databaseUrl ?? '',
    dataDirectory: join(home, 'data'),
    scriptedBaseUrl: provider.baseUrl,
    as: inOwnNamespaces(name),
    env: {
      HOME: home,
      MOOSE_SANDBOX_PATHS: `${shared}:rw`,
      MOOSE_CLAUDE_PATH: config.agentPaths['claude-code'] ?? '',
      ...env,
    },
  });
  onTestFinished(() => machine.kill());
  return machine;
}
