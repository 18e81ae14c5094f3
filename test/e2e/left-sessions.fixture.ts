// Ends leftover sessions: a Moose that stops leaves its sessions running for the next Moose, but after a test there is
// none.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcess } from '../../src/sessions/find-process.ts';
import { stopProcess } from '../../src/sessions/stop-process.ts';

const graceMs = 200;

/** Ends all running sessions of a data directory that no Moose uses any more. Returns their number. */
export async function endSessions(dataDirectory: string): Promise<number> {
  const sessions = join(dataDirectory, 'sessions');
  const ids = await readdir(sessions).catch(() => [] as string[]);
  const ended = await Promise.all(
    ids.map(async (id) => {
      const handle = await findProcess(join(sessions, id));
      return handle !== null && (await stopProcess(handle, { graceMs })).wasAlive;
    }),
  );
  return ended.filter(Boolean).length;
}
