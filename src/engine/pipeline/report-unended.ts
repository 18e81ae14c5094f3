// Failures of the run itself, outside its steps: the run is taken up again, and each failure is reported. A persistent
// failure is reported to a person here, because such a run cannot ask.
import type { Logger } from 'pino';
import type { RunId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { runById } from '../../store/work/runs/runs.ts';
import type { CriticalErrors } from '../commands/answers/critical-errors.ts';
import type { ErrorLog } from '../errors/error-log.ts';
import { toMooseError } from '../errors/to-moose-error.ts';

export interface TellDeps {
  database: Database;
  logger: Logger;
  errorLog: Pick<ErrorLog, 'record'>;
  critical: Pick<CriticalErrors, 'handleCriticalError'>;
}

/** The first failure may be temporary; after the second, a person is asked, once. */
const askedAtTime = 2;
/** Maximum number of runs whose failure times are remembered. */
const runsMax = 1_000;

/** Reports failures one after the other. Never throws, and stops waiting for the database when the signal is aborted. */
export function reportUnendedRuns(
  deps: TellDeps,
): (runId: RunId, thrown: unknown, signal: AbortSignal) => Promise<void> {
  const times = new Map<RunId, number>();
  return async (runId, thrown, signal) => {
    const time = (times.get(runId) ?? 0) + 1;
    if (times.size >= runsMax) times.clear();
    times.set(runId, time);
    const error = toMooseError(thrown, 'pipeline', 'carry');
    deps.logger.error({ err: error, runId, time }, 'could not continue a run; retrying');
    if (time !== askedAtTime) deps.errorLog.record(error, { runId, attempt: time, strategy: 'retry' });
    else await ask(deps, runId, error, signal);
  };
}

async function ask(
  { critical, database, errorLog }: TellDeps,
  runId: RunId,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  const where = { component: 'pipeline', operation: 'carry', severity: 'critical' } as const;
  let workOrderId: string | undefined;
  try {
    workOrderId = (await database.run((query) => runById(query, runId), signal))?.workOrderId;
  } catch (cause) {
    // Without the work order, the failure becomes an alert that names the run.
    errorLog.record(toMooseError(cause, 'pipeline', 'carry'), { runId });
  }
  await critical.handleCriticalError({ ...where, error, workOrderId, metadata: { runId } });
}
