// Where this machine keeps the login that a person made for an agent. Only the agent's own program opens what is there.
import { join } from 'node:path';

/** A session with the login can write to this folder, so nothing outside a sandbox may read settings or programs from it. */
export function loginPathOf({ dataDirectory }: { dataDirectory: string }, agent: string): string {
  return join(dataDirectory, 'logins', agent);
}
