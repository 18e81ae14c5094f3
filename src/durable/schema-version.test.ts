import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { engineVersion, isDurableMigrated, rememberDurableMigrated } from './schema-version.ts';

test('the recorded version is the installed one', async () => {
  const manifest = fileURLToPath(new URL('../package.json', import.meta.resolve('graphile-worker')));
  expect(JSON.parse(await readFile(manifest, 'utf8'))).toMatchObject({ version: engineVersion });
});

test('a database whose engine tables were made by another version is migrated again', async () => {
  const database = await testDatabase();
  await database.query.deleteFrom('systemConfig').where('key', '=', 'durable.engine_version').execute();
  expect(await isDurableMigrated(database)).toBe(false);
  await rememberDurableMigrated(database);
  expect(await isDurableMigrated(database)).toBe(true);
  await database.query
    .updateTable('systemConfig')
    .set({ value: '"4.0.0"' })
    .where('key', '=', 'durable.engine_version')
    .execute();
  expect(await isDurableMigrated(database)).toBe(false);
});
