// Ends what Moose leaves running for the next Moose: after a chaos run there is none.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcess } from '../src/sessions/find-process.ts';
import { stopProcess } from '../src/sessions/stop-process.ts';
import { sleep } from '../src/stdx/sleep.ts';
import { gatewaysOf } from './find-processes.ts';
import { signal } from './moose-processes.ts';

const graceMs = 200;
const looksMax = 50;
const lookEveryMs = 100;

export async function endLeftovers(dataDirectory: string): Promise<void> {
  const sessions = join(dataDirectory, 'sessions');
  const ids = await readdir(sessions).catch(() => [] as string[]);
  await Promise.all(
    ids.map(async (id) => {
      const handle = await findProcess(join(sessions, id));
      if (handle) await stopProcess(handle, { graceMs });
    }),
  );
  for (let look = 0; look < looksMax; look++) {
    const gateways = await gatewaysOf(dataDirectory);
    if (gateways.length === 0) return;
    for (const pid of gateways) signal(pid, 'SIGKILL');
    await sleep(lookEveryMs);
  }
}
