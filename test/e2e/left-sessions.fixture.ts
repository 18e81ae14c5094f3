// The sessions of a data directory: a Moose that stops leaves them running for the next one, but after a test there is none.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcess } from '../../src/sessions/find-process.ts';
import { stopProcess } from '../../src/sessions/stop-process.ts';

const graceMs = 200;

/** Ends what still runs, when no Moose works in this directory any more. Returns how many sessions that were. */
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
