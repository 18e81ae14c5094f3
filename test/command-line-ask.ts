// Asks as the command line does on the machine of the database: through the interface in this process.
import { pino } from 'pino';
import { innerClient } from '../src/app/inner-client.ts';
import type { Ask } from '../src/contract/operations/ask.ts';
import type { Moose } from '../src/engine/moose.ts';
import type { Database } from '../src/store/database.ts';

/** @param moose - acts for `actor` */
export function commandLineAsk(
  database: Database,
  moose: Moose,
  { actor = 'human:anna', via = 'cli' }: { actor?: string; via?: 'cli' | 'mcp' } = {},
): Ask {
  const deps = {
    database,
    logger: pino({ level: 'silent' }),
    errors: { record: () => ({ id: '', resolved: () => undefined }) },
    version: '0.0.0',
    mooseFor: () => moose,
    ownUrl: async () => 'http://127.0.0.1:4317',
  };
  const caller = { actor, via, isPerson: via === 'cli' };
  return innerClient(deps, caller, new AbortController().signal).ask;
}
