// For tests: a separate process that decides about groups of work orders again and again, and kills itself in the
// transaction of the `dieAfter`th group.
import { systemClock } from '../../stdx/clock.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import type { GroupKind } from '../../store/work/groups.ts';
import { decideIfDue } from '../commands/decide-candidates.ts';
import { decideJointIfDue } from '../commands/decide-joint.ts';

const { url, kind, groups, dieAfter } = JSON.parse(process.argv[2] ?? '') as {
  url: string;
  kind: GroupKind;
  groups: Array<Parameters<typeof decideIfDue>[1]>;
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
const decide = { candidates: decideIfDue, joint: decideJointIfDue }[kind];
for (const group of groups) await decide({ database: dying, clock: systemClock }, group);
await database.close();
