// For tests: a separate process that changes these schedules, one after the other, when it is told to by a line.
import { once } from 'node:events';
import { systemClock } from '../../../stdx/clock.ts';
import { openDatabase } from '../../../store/database.ts';
import { askSchedules } from './ask-schedules.ts';
import type { ScheduleChange } from './change-schedule.ts';

interface Request {
  url: string;
  names: string[];
  change: ScheduleChange;
}

const { url, names, change } = JSON.parse(process.argv[2] ?? '') as Request;
const database = openDatabase(url, { connectionsMax: 3 });
const known = { agentNames: ['patch'], assertModel: async () => undefined };
const { change: changeOne } = askSchedules({ database, clock: systemClock, actor: 'human:ada', known });
const told = once(process.stdin, 'data');
process.stdout.write('up\n');
await told;
for (const name of names) await changeOne(name, change, { tokenId: null, role: 'admin' });
await database.close();
process.exit(0);
