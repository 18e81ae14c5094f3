// A folder for checkouts that belong to no work order, with a home for the commands that run there. It is removed at the
// end; what a killed Moose has left is removed a day later.
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lstatIfThere } from '../../../git/run/is-there.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { closeGroups } from '../../../sessions/limits/session-group.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { stopProcess } from '../../../sessions/stop-process.ts';
import { makeDirectory } from '../../../stdx/files/make-directory.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import type { ProofDeps } from './proof-request.ts';

export interface ProofPlace {
  path: string;
  checkout: string;
  home: string;
}

export async function withProofPlace<T>(
  { dataDirectory, stopGraceMs }: Pick<ProofDeps['settings'], 'dataDirectory' | 'stopGraceMs'>,
  act: (place: ProofPlace) => Promise<T>,
): Promise<T> {
  const path = join(dataDirectory, 'proofs', randomUUID());
  const place: ProofPlace = { path, checkout: join(path, 'checkout'), home: join(path, 'home') };
  try {
    // The mode lets another user, such as the database's, pass through the directory but not list it.
    await makeDirectory(dataDirectory, 0o711);
    await clearLeft(join(dataDirectory, 'proofs'), stopGraceMs);
    await mkdir(place.home, { recursive: true, mode: 0o700 });
    return await act(place);
  } finally {
    await removeTree(path);
  }
}

/** With proof that nothing of it runs any more. @throws SESSION_STOP_UNPROVEN */
export async function endInPlace(handle: ProcessHandle, graceMs: number): Promise<void> {
  await stopProcess(handle, { graceMs });
  await closeGroups(handle.directory);
}

/** No proof takes this long, so the Moose that ran it was killed. */
const leftAfterMs = 24 * 60 * 60_000;

/** Cleans up after a killed Moose: stops its processes and removes their files. */
async function clearLeft(folder: string, graceMs: number): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    // Another Moose may have just removed its own checkout.
    const found = await lstatIfThere(path);
    if (found === null || Date.now() - found.mtimeMs < leftAfterMs) continue;
    for (const session of await namesIn(join(path, 'sessions'))) {
      const handle = await findProcess(join(path, 'sessions', session));
      if (handle !== null) await endInPlace(handle, graceMs);
    }
    await removeTree(path);
  }
}
