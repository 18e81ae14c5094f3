import pg from 'pg';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { addInvite, findInvite } from '../access/invites.ts';
import { enterOwnSchema } from '../schema/own-schema.ts';
import { settleCopy } from './settle-copy.ts';

test('R-SEC-1: fear: one link lets one person in at the original and another one at its copy', async () => {
  const { query, url } = await testDatabase();
  const { secret } = await addInvite(query, {
    ...{ person: 'dee', role: 'viewer', createdBy: 'human:ada', inviterId: null, expiresInMs: 3_600_000 },
  });
  expect(await findInvite(query, secret)).toMatchObject({ state: 'open' });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  await settleCopy(client, { from: '/a', to: '/b' });
  await client.end();
  expect(await findInvite(query, secret)).toMatchObject({ state: 'revoked' });
});
