// For tests: the row of a service that runs and is ready, without a process.
import { newId, type RunId, type SessionId, type WorkOrderId } from '../../../domain/ids.ts';
import type { Database } from '../../database.ts';
import { intendSession, type SessionRow, updateSession } from './session-rows.ts';

export interface RunningGiven {
  name?: string;
  host?: string;
  machine?: string;
  previewUrl?: string | null;
  egress?: 'none' | 'open';
  readyAt?: Date | null;
}

export async function runningDaemon(
  database: Database,
  { workOrderId, runId }: { workOrderId: WorkOrderId; runId: RunId },
  given: RunningGiven = {},
): Promise<SessionRow> {
  const { name = 'web', host = 'here', machine = '', egress = 'none', readyAt = new Date() } = given;
  const { previewUrl = 'http://localhost:20000/' } = given;
  const id = newId<SessionId>(new Date());
  const row = await intendSession(database.query, {
    id,
    workOrderId,
    runId,
    purpose: 'service',
    name,
    cycle: 0,
    attempt: 1,
    host,
    machine,
    directory: `/nowhere/${id}`,
    command: 'serve',
    state: 'intended',
    timeLimitMs: 1_000,
    previewUrl,
  });
  await updateSession(database.query, id, { state: 'running', egress, readyAt, startedAt: new Date() });
  return row;
}
