// A Moose that works with a database elsewhere (MOOSE_DATABASE_URL) has left the ID of that database in its data directory. A
// command without the variable would start an empty database beside it, and its work would be seen by nobody.

import { join } from 'node:path';
import type { ConfigurationError } from '../domain/failure.ts';
import { isThere } from '../git/run/is-there.ts';
import { hasData } from '../postgres/home.ts';
import type { Config } from './config/config.ts';
import { appFailures } from './failure-catalogue.ts';

type Place = Pick<Config, 'databaseUrl' | 'dataDirectory'>;

/** @throws ConfigurationError `DATABASE_ELSEWHERE`; nothing is started or created */
export async function refuseForgottenDatabase(place: Place): Promise<void> {
  const problem = await forgottenDatabase(place);
  if (problem) throw problem;
}

export async function forgottenDatabase({
  databaseUrl,
  dataDirectory,
}: Place): Promise<ConfigurationError | undefined> {
  if (databaseUrl !== null || (await hasData(join(dataDirectory, 'postgres')))) return undefined;
  const idPath = join(dataDirectory, 'database-id');
  if (!(await isThere(idPath))) return undefined;
  return appFailures.DATABASE_ELSEWHERE('open', { dataDirectory, idPath });
}
