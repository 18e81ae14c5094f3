// Tells whether a data directory belongs to this database and host. Files of another database's Moose, or of a host
// that has been renamed since, are not removed without a person.
import { join } from 'node:path';
import { lstatIfThere, readIfThere } from '../../git/run/is-there.ts';
import { replaceFile } from '../../stdx/files/durable-files.ts';
import { databaseId } from '../../store/work/database-id.ts';
import type { ReconcileDeps } from './drift-kind.ts';

type Here = Pick<ReconcileDeps, 'database' | 'settings'>;

const pathOf = ({ settings }: Here) => join(settings.dataDirectory, 'database-id');

/** The first database and host that reconcile with the directory own it, until a person deletes the file. */
export async function claimDirectory(here: Here, signal: AbortSignal): Promise<void> {
  if ((await ownerOf(here)) !== null) return;
  // The data directory does not exist, or cannot be used: it contains nothing.
  if (!(await lstatIfThere(`${here.settings.dataDirectory}/.`))?.isDirectory()) return;
  const id = await here.database.run(databaseId, signal);
  await replaceFile(pathOf(here), `${id} ${here.settings.host}\n`);
}

/** Describes the directory's owner, if it is not this database and host; rows name worktrees by their host. */
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
