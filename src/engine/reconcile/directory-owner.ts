// Tells whether a data directory is that of this database and host. What the Moose of another database has there belongs to
// nothing here, and neither does what rows say of a host that has another name now: it is not removed without a person.
import { join } from 'node:path';
import { lstatIfThere, readIfThere } from '../../git/is-there.ts';
import { replaceFile } from '../../stdx/replace-file.ts';
import { databaseId } from '../../store/work/database-id.ts';
import type { ReconcileDeps } from './drift-kind.ts';

type Here = Pick<ReconcileDeps, 'database' | 'settings'>;

const pathOf = ({ settings }: Here) => join(settings.dataDirectory, 'database-id');

/** The first database and host that reconcile with it keep it, until a person deletes the file. */
export async function claimDirectory(here: Here, signal: AbortSignal): Promise<void> {
  if ((await ownerOf(here)) !== null) return;
  // There is no data directory, or it cannot be used: nothing is in it.
  if (!(await lstatIfThere(`${here.settings.dataDirectory}/.`))?.isDirectory()) return;
  const id = await here.database.run(databaseId, signal);
  await replaceFile(pathOf(here), `${id} ${here.settings.host}\n`);
}

/** Whose the directory is, in words, if it is not that of this database and host; rows name worktrees by their host. */
export async function otherOwner(here: Here, signal: AbortSignal): Promise<string | null> {
  const owner = await ownerOf(here);
  if (owner === null) return null;
  if (owner.id !== (await here.database.run(databaseId, signal))) return 'another database';
  return owner.host === here.settings.host
    ? null
    : `the host ${owner.host}, and this one is ${here.settings.host}`;
}

/** Null if nobody has claimed it. */
async function ownerOf(here: Here): Promise<{ id: string; host: string } | null> {
  const [id, host = ''] = ((await readIfThere(pathOf(here))) ?? '').trim().split(' ');
  return id ? { id, host } : null;
}
