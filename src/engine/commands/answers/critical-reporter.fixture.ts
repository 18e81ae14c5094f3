// For tests: a process that reports critical errors while its database is unavailable, and prints the ID of each stored
// error. node critical-reporter.fixture.ts URL DATA COUNT
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { systemClock } from '../../../stdx/clock.ts';
import { openDatabase } from '../../../store/database.ts';
import { createCriticalErrors } from './critical-errors.ts';

const [url = '', dataDirectory = '', count = '0'] = process.argv.slice(2);
const { report } = createCriticalErrors({
  database: openDatabase(url, { connectionsMax: 2 }),
  logger: pino({ level: 'silent' }),
  clock: systemClock,
  dataDirectory,
});
const place = { component: 'probe', operation: 'look', severity: 'critical' } as const;
const each = Array.from({ length: Number(count) }, (_, n) =>
  report({ ...place, error: new Error(`Number ${n}`) }).then((id) => writeSync(1, `${id}\n`)),
);
await Promise.all(each);
setInterval(() => undefined, 1_000);
