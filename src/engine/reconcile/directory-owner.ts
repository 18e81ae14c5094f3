// Tells whether a data directory is that of this database. What the Moose of another database has there belongs to nothing
// here, and may be at work: it is not removed without a person.
import { join } from 'node:path';
import { lstatIfThere, readIfThere } from '../../git/is-there.ts';
import { replaceFile } from '../../stdx/replace-file.ts';
import { databaseId } from '../../store/work/database-id.ts';
import type { ReconcileDeps } from './drift-kind.ts';

type Here = Pick<ReconcileDeps, 'database' | 'settings'>;

const pathOf = ({ settings }: Here) => join(settings.dataDirectory, 'database-id');

/** Null if no database has claimed it. */
async function ownerOf(here: Here): Promise<string | null> {
  const text = (await readIfThere(pathOf(here)))?.trim();
  return text ? text : null;
}

/** The first database that reconciles with it keeps it, until a person deletes the file. */
export async function claimDirectory(here: Here, signal: AbortSignal): Promise<void> {
  if ((await ownerOf(here)) !== null) return;
  // There is no data directory, or it cannot be used: nothing is in it.
  if (!(await lstatIfThere(`${here.settings.dataDirectory}/.`))?.isDirectory()) return;
  const id = await here.database.run(databaseId, signal);
  await replaceFile(pathOf(here), `${id}\n`);
}

export async function isOfAnotherDatabase(here: Here, signal: AbortSignal): Promise<boolean> {
  const owner = await ownerOf(here);
  return owner !== null && owner !== (await here.database.run(databaseId, signal));
}
