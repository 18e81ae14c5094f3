// A periodic job as the clock runs it: only if its condition says that it has something to do. So the tests of what a job
// does also show that its condition never says no too often.
import type { Database } from '../../../store/database.ts';
import { dueQuestion } from '../../../store/work/runs/due-jobs.ts';
import type { PeriodicJob } from './periodic-jobs.ts';

export function ifDue(database: Database, job: PeriodicJob): PeriodicJob {
  if (job.due === undefined) throw new TypeError(`The job "${job.name}" has no condition`);
  const { name, due } = job;
  const ask = dueQuestion([{ name, due, turnMs: null }]);
  return {
    ...job,
    run: async (signal) => {
      const isDue = (await database.run((query) => ask(query, [name]), signal)).has(name);
      if (isDue) await job.run(signal);
    },
  };
}
