// Moose as the command line uses it on the machine of the database: through the interface in this process.
import { pino } from 'pino';
import { innerClient } from '../src/app/inner-client.ts';
import type { CliMoose } from '../src/cli/cli-moose.ts';
import { remoteMoose } from '../src/cli/remote/remote-moose.ts';
import type { Moose } from '../src/engine/moose.ts';
import type { Database } from '../src/store/database.ts';

/** @param moose - acts for `actor` */
export function commandLineMoose(
  database: Database,
  moose: Moose,
  { actor = 'human:anna', via = 'cli' }: { actor?: string; via?: 'cli' | 'mcp' } = {},
): CliMoose {
  return remoteMoose(clientOf(database, moose, { actor, via }));
}

export function clientOf(
  database: Database,
  moose: Moose,
  { actor, via }: { actor: string; via: 'cli' | 'mcp' },
) {
  const deps = {
    database,
    logger: pino({ level: 'silent' }),
    errors: { record: () => ({ id: '', resolved: () => undefined }) },
    version: '0.0.0',
    mooseFor: () => moose,
    ownUrl: async () => 'http://127.0.0.1:4317',
  };
  return innerClient(deps, { actor, via, isPerson: via === 'cli' }, new AbortController().signal);
}
