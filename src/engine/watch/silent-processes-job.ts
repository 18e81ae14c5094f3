// Notifies people of processes that stopped responding without ending: once for each, until it responds again.

import type { Database, Query } from '../../store/database.ts';
import { hasOpenAlert, openAlertKeys, resolveAlert } from '../../store/failures/alerts.ts';
import { anyOf } from '../../store/work/runs/due-jobs.ts';
import { fallenSilent, hasSilentExecutor } from '../../store/work/runs/executors.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { raiseAndNotify } from '../background/notify/raise-and-notify.ts';
import { watchFindings } from './failure-catalogue.ts';

const everyMs = 10_000;
const prefix = 'executor-silent:';

export function silentProcessesJob(database: Database): PeriodicJob {
  return {
    name: 'silent-processes',
    everyMs,
    due: anyOf(hasSilentExecutor, hasOpenAlert(prefix)),
    run: (signal) => database.transaction(reportSilent, signal),
  };
}

async function reportSilent(query: Query): Promise<void> {
  const silent = await fallenSilent(query);
  const open = await openAlertKeys(query, prefix);
  for (const { id, host, heardAt, isNews } of silent) {
    const key = `${prefix}${id}`;
    if (!isNews || open.includes(key)) continue;
    const at = `${heardAt.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    await raiseAndNotify(query, {
      key,
      severity: 'high',
      component: 'durable',
      operation: 'lease',
      ...watchFindings.PROCESS_SILENT({ host, at }),
      metadata: { executorId: id, host, heardAt: heardAt.toISOString() },
    });
  }
  for (const key of open)
    if (!silent.some(({ id }) => key === `${prefix}${id}`)) await resolveAlert(query, key, 'moose');
}
