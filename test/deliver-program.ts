// Delivers notices to one webhook until the process is killed: `deliver-program.ts MOOSE_DATABASE_URL WEBHOOK_URL`.
import { pino } from 'pino';
import { startDelivery } from '../src/engine/background/notify/deliver.ts';
import { createWebhookNotifier } from '../src/notifiers/webhook/notifier.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { openDatabase } from '../src/store/database.ts';

const [databaseUrl = '', url = ''] = process.argv.slice(2);
startDelivery({
  database: openDatabase(databaseUrl),
  notifiers: [createWebhookNotifier({ url, clock: systemClock, timeoutMs: 60_000 })],
  logger: pino(pino.destination(2)),
  clock: systemClock,
  random: Math.random,
  errors: { record: () => ({ id: '', resolved: () => undefined }) },
  baseUrl: null,
  announcedBy: 'test',
});
