// The home of checks as the setup of the base left it. Runs that judge a change have a copy of it: what the change's own tests
// put into their home, such as a start-up file of an interpreter or settings of a package manager, would decide there too.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isThere } from '../../../git/run/is-there.ts';
import { renamePassing } from '../../../stdx/files/passing-files.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import type { Work } from '../../run/work.ts';
import { homePathOf } from '../sessions/session-files.ts';
import { isUntouched } from './fill-entry.ts';
import { copyTree, measure } from './tree-tools.ts';

const keptName = 'checks-kept';
const bytesMax = 4 * 1024 ** 3;
const filesMax = 500_000;

/** Call this when the setup has run, and nothing else. Without a copy, the runs that judge share the home. */
export async function keepHome(work: Work): Promise<void> {
  const kept = homePathOf(work, keptName);
  if ((await isThere(kept)) || !(await isUntouched(work))) return;
  const home = homePathOf(work, 'checks');
  const making = `${kept}.unfinished`;
  try {
    await removeTree(making);
    await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
    if (await isThere(home)) {
      await measure(home, { filesMax, bytesMax });
      await copyTree(home, making, work.signal);
    } else await mkdir(making, { mode: 0o700 });
    await renamePassing(making, kept);
  } catch (cause) {
    work.signal.throwIfAborted();
    work.logger.warn({ workOrderId: work.order.id, err: cause }, 'the home of checks could not be copied');
    await removeTree(making);
  }
}

/** Where the home of such a run is; undefined if nothing was kept. */
export async function ownHomeOf(work: Work, run: string): Promise<string | undefined> {
  return (await isThere(homePathOf(work, keptName))) ? homePathOf(work, `checks-${run}`) : undefined;
}

/** Made again, whatever is there. */
export async function makeOwnHome(work: Work): Promise<void> {
  if (work.checksHome === undefined) return;
  await removeTree(work.checksHome);
  await copyTree(homePathOf(work, keptName), work.checksHome, work.signal);
}

export async function removeOwnHome({ checksHome }: Pick<Work, 'checksHome'>): Promise<void> {
  if (checksHome !== undefined) await removeTree(checksHome);
}
