// Whether a backup may be restored into a database: it is empty, or no Moose has worked in it yet.
import { endConnection, openConnection } from '../connection/connection.ts';
import { asMooseError } from '../connection/database-failure.ts';
import { summedUp } from '../schema/baseline.ts';
import { recognizeDatabase } from '../schema/recognize-database.ts';
import { placeTaken } from './backup-failure.ts';

/** @throws ConfigurationError `RESTORE_PLACE_TAKEN`; nothing is changed */
export async function assertFreshDatabase(url: string): Promise<void> {
  const client = await openConnection(url, { applicationName: 'moose restore' }).catch((cause: unknown) => {
    throw asMooseError(cause, 'restore');
  });
  try {
    const found = await recognizeDatabase(client);
    if (found.kind === 'empty') return;
    if (found.kind === 'foreign')
      throw placeTaken(`the database belongs to another program: it contains ${found.tables.join(', ')}`);
    if (found.applied.some(({ version }) => version <= summedUp.version))
      throw placeTaken('the database is that of an older Moose');
    const { rows } = await client.query<{ used: boolean }>(
      'select exists (select from projects) or exists (select from api_tokens) as used',
    );
    if (rows[0]?.used) throw placeTaken('a Moose has used the database');
  } finally {
    await endConnection(client);
  }
}
