import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { ConfigurationError, TransientError } from '../../domain/failure.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { watchPeriodicJobs } from './watch-periodic-jobs.ts';

const limits = { failingMs: 0, troubledMs: 60_000, runningMs: 60_000 };
const broken = new ConfigurationError({
  code: 'DISK_FULL',
  component: 'jobs',
  operation: 'retention',
  message: 'The disk is full',
  advice: 'Free some space.',
});
const away = new TransientError({
  code: 'FORGE_UNREACHABLE',
  component: 'forge',
  operation: 'look',
  message: 'The forge does not answer.',
});

function watching(database: Database, given: Partial<typeof limits> = {}) {
  const logger = pino({ level: 'silent' });
  const watch = watchPeriodicJobs({ database, logger, host: 'alpha', limits: { ...limits, ...given } });
  onTestFinished(() => watch.close());
  return watch;
}

const alertsOf = async (database: Database) =>
  (await openAlerts(database.query)).map(({ code, message, operation }) => ({ code, message, operation }));

test('R-FAIL-6: fear: a periodic job fails for weeks, and nobody is told', async () => {
  const database = await testDatabase();
  const watch = watching(database);
  watch.begin('retention:alpha')(broken);
  watch.begin('retention:alpha')(broken);
  const alert = {
    code: 'UPKEEP_FAILS',
    operation: 'retention:alpha',
    message: 'The periodic job "retention:alpha" on alpha keeps failing: The disk is full.',
  };
  await expect.poll(() => alertsOf(database)).toEqual([alert]);
  // The next process ends the alert too.
  await watch.close();
  watching(database).begin('retention:alpha')('done');
  await expect.poll(() => alertsOf(database)).toEqual([]);
});

test('a job that fails once, or for what usually goes away, is no news', async () => {
  const database = await testDatabase();
  const watch = watching(database);
  for (const end of [away, away, away]) watch.begin('pull-requests')(end);
  watch.begin('reconcile')(broken);
  watch.begin('reconcile')('done');
  watch.begin('reconcile')(broken);
  watch.begin('retention:alpha')(broken);
  watch.begin('retention:alpha')('stopped');
  // A job that is told of is in the same queue, behind those.
  for (const end of [broken, broken]) watch.begin('last')(end);
  await expect.poll(() => alertsOf(database)).toMatchObject([{ operation: 'last' }]);
});

test('R-FAIL-6: fear: a periodic job hangs, is never run again, and nobody is told', async () => {
  const database = await testDatabase();
  const watch = watching(database, { runningMs: 20 });
  const ended = watch.begin('reconcile:alpha');
  await expect.poll(() => alertsOf(database)).toMatchObject([{ code: 'UPKEEP_HANGS' }]);
  ended('done');
  await expect.poll(() => alertsOf(database)).toEqual([]);
});
