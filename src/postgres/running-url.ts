// The address of a running embedded server, for callers that only read and neither start it nor keep it running.
import { findData, findHome } from './home.ts';
import { readPassword } from './password.ts';
import { findPostmaster } from './start/postmaster-file.ts';

/** Null if no server runs. The address is valid only for a moment: the server may be stopped at any time. */
export async function urlOfRunning(directory: string, database: string): Promise<string | null> {
  const postmaster = await findPostmaster(await findData(await findHome(directory)));
  if (postmaster?.status !== 'ready' || postmaster.port === null) return null;
  return `postgres://moose:${await readPassword(directory)}@127.0.0.1:${postmaster.port}/${database}`;
}
