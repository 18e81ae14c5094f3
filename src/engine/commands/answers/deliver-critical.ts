// A critical error becomes a question if a work order waits for its answer, otherwise an alert (R-ESC-1). This happens
// once, because its row in `error_events` is unique and written in the same transaction.
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../../store/database.ts';
import type { AlertFields } from '../../../store/failures/alerts.ts';
import { type ErrorEventRow, insertErrorEvent } from '../../../store/failures/error-events.ts';
import { addToContext } from '../../../store/failures/escalations.ts';
import { toJson } from '../../../store/storable.ts';
import { recordEvent, type WorkOrder, workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import { askHuman } from '../../questions/ask-human.ts';
import { optionsAtStatus } from '../../questions/options-at-status.ts';

export interface CriticalEntry {
  /** The ID of the error's row, its question and its alert: created once, so that the error is delivered once. */
  id: string;
  row: ErrorEventRow;
  workOrderId: string | null;
  advice: string | null;
}

/** Null if it is not an entry. */
export function readCritical(entry: unknown): CriticalEntry | null {
  if (typeof entry !== 'object' || entry === null || !('id' in entry) || !('row' in entry)) return null;
  const isEntry = typeof entry.id === 'string' && typeof entry.row === 'object' && entry.row !== null;
  return isEntry ? (entry as CriticalEntry) : null;
}

export async function deliverCritical(query: Query, entry: CriticalEntry): Promise<void> {
  const { id, row, workOrderId } = entry;
  const isFirst = await insertErrorEvent(query, { ...row, id });
  if (!isFirst) return;
  const order = workOrderId ? await workOrderById(query, workOrderId as WorkOrderId) : undefined;
  if (order) await ask(query, entry, order);
  else await alert(query, entry);
}

async function ask(query: Query, { id, row, advice }: CriticalEntry, order: WorkOrder): Promise<void> {
  const { options, recommended } = optionsAtStatus(order);
  const asked = await askHuman(query, {
    id,
    workOrderId: order.id,
    failureClass: row.failureClass,
    code: row.errorType,
    component: row.component,
    operation: row.operation,
    severity: row.severity,
    title: row.errorMessage,
    context: { code: row.errorType, step: order.step, advice, error_id: id, evidence: metadataOf(row) },
    options,
    recommendedOption: recommended,
  });
  // This work order already has a question: whoever answers it must also know about this error.
  if (!asked.isNew)
    await addToContext(query, asked.id, { id, code: row.errorType, message: row.errorMessage });
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'error.critical',
    actor: row.component,
    reason: row.errorMessage,
    detail: { errorId: id, escalationId: asked.id, code: row.errorType },
  });
}

async function alert(query: Query, { id, row, workOrderId, advice }: CriticalEntry): Promise<void> {
  const fields: AlertFields = {
    key: `critical:${row.component}:${row.errorType}:${row.fingerprint}`,
    severity: row.severity,
    component: row.component,
    operation: row.operation,
    code: row.errorType,
    message: row.errorMessage,
    metadata: { ...metadataOf(row), errorId: id, ...(workOrderId ? { workOrderId } : {}) },
  };
  await raiseAndNotify(query, fields, advice ?? '');
}

function metadataOf({ metadata }: CriticalEntry['row']): Record<string, unknown> {
  return JSON.parse(metadata ?? toJson({})) as Record<string, unknown>;
}
