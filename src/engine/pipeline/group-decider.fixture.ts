// For tests: a separate process that decides about groups of work orders again and again, and kills itself in the
// transaction of the `dieAfter`th group.
import { systemClock } from '../../stdx/clock.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { decideGroupIfDue } from '../commands/decide-group.ts';

const { url, groups, dieAfter } = JSON.parse(process.argv[2] ?? '') as {
  url: string;
  groups: Array<Parameters<typeof decideGroupIfDue>[1]>;
  dieAfter: number | null;
};
const database = openDatabase(url, { connectionsMax: 2 });
let begun = 0;
const dying: Database = {
  ...database,
  transaction: (work, ...rest) =>
    database.transaction(
      async (query) => {
        const result = await work(query);
        begun += 1;
        // Everything is locked and written, but not committed.
        if (begun === dieAfter) process.kill(process.pid, 'SIGKILL');
        return result;
      },
      ...rest,
    ),
};
for (const group of groups) await decideGroupIfDue({ database: dying, clock: systemClock }, group);
await database.close();
