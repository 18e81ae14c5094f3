// For tests: a separate process that decides about due schedules again and again, as Moose's job does, and kills itself
// at the point that it passes as the `dieAfter`th.

import { pino } from 'pino';
import { sleep } from '../../../stdx/async/sleep.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { openDatabase } from '../../../store/database.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { schedulesJobs } from './schedules-job.ts';

const lookMs = 5;
const { url, dieAfter } = JSON.parse(process.argv[2] ?? '') as { url: string; dieAfter: number };
const database = openDatabase(url, { connectionsMax: 3 });
const { signal } = new AbortController();
let passed = 0;
const reached = () => {
  passed += 1;
  if (passed === dieAfter) process.kill(process.pid, 'SIGKILL');
};
const [schedules] = schedulesJobs({
  database,
  clock: systemClock,
  reached,
  logger: pino({ level: 'silent' }),
});
const job = schedules && ifDue(database, schedules);
process.stdout.write('up\n');
for (;;) {
  await job?.run(signal);
  await sleep(lookMs, signal);
}
