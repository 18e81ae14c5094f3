import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { rememberBackup } from '../../store/backup/last-backup.ts';
import { readBackupOnce } from '../../store/connection/read-once.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { diagnoseBackups } from './backups.ts';

const dayMs = 24 * 3_600_000;

test('R-DIST-5: doctor says how old the last backup is, and warns after a week', async () => {
  const database = await testDatabase();
  const told = async (daysLater = 0) =>
    diagnoseBackups(await readBackupOnce(database.url), new Date(Date.now() + daysLater * dayMs));
  expect(await told()).toEqual([]);
  await aWorkOrderAtWork(database);
  expect(await told()).toMatchObject([{ state: 'ok', found: 'none made with `moose backup`' }]);
  const made_at = new Date().toISOString();
  await rememberBackup(database.query, { path: '/srv/one', host: 'alpha', bytes: 1, made_at });
  await rememberBackup(database.query, { path: '/srv/two', host: 'alpha', bytes: 1, made_at });
  expect(await told(1)).toMatchObject([{ state: 'ok', found: '/srv/two on alpha, 1 day old' }]);
  expect(await told(9)).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('moose backup') },
  ]);
});
