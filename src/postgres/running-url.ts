// Where the embedded server is reached that runs already: for who only looks, and neither starts nor keeps it.
import { findData, findHome } from './home.ts';
import { readPassword } from './password.ts';
import { findPostmaster } from './postmaster-file.ts';

/** Null where none runs. It is of no use for longer than a look: the server may be stopped at any moment. */
export async function urlOfRunning(directory: string, database: string): Promise<string | null> {
  const postmaster = await findPostmaster(await findData(await findHome(directory)));
  if (postmaster?.status !== 'ready' || postmaster.port === null) return null;
  return `postgres://moose:${await readPassword(directory)}@127.0.0.1:${postmaster.port}/${database}`;
}
