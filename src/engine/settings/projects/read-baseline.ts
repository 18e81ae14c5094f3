// The results of a project's checks without any change, on the newest base commit on which they ran (R-PROJ-6).
import type * as wire from '../../../contract/contract.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import { failuresIn } from '../../../domain/work-order/seen-failure.ts';
import type { Database } from '../../../store/database.ts';
import { newestBaseChecks } from '../../../store/work/projects/base-checks.ts';

/** A longer list of names does not help. */
const failuresMax = 20;

export async function readBaseline(database: Database, projectId: string): Promise<wire.Baseline> {
  const rows = await database.run((query) => newestBaseChecks(query, projectId as ProjectId));
  return {
    base_sha: rows[0]?.baseSha ?? null,
    checks: rows.map(({ command, passed, seen, checkedAt }) => {
      const failures = seen === null ? [] : failuresIn(seen);
      return {
        command,
        passed,
        failures: failures.slice(0, failuresMax),
        failures_total: failures.length,
        checked_at: checkedAt.toISOString(),
      };
    }),
  };
}
