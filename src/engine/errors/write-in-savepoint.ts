// Writes rows about the work, which must never block the work: if the database rejects one, the rest of the transaction
// still commits. The rejection is reported: an alert counts every rejected row, channels are notified once, and the
// failure is recorded (R-LRN-1, R-FAIL-6).
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import { asMooseError } from '../../store/connection/database-failure.ts';
import { unlessRefused } from '../../store/connection/unless-refused.ts';
import type { Query } from '../../store/database.ts';
import { insertErrorEvents, wasRecordedWithin } from '../../store/failures/error-events.ts';
import { type Decision, insertDecision } from '../../store/work/work-orders/decisions.ts';
import { enqueueNotice } from './outbox/enqueue-notice.ts';
import { raiseWith } from './raise-with.ts';
import { errorRow } from './record-failure.ts';

export interface Beside {
  failureOf(refusal: MooseError): MooseError;
  /**
   * True to keep each rejected row with its failure; if absent, one per hour is logged, and the alert counts the
   * others.
   */
  isEachKept?: boolean;
}

/** A table that rejects every row rejects many, so only one of them is logged in this time. */
const sameFailureEveryMs = 3_600_000;

/** The key of the alert about rejected rows, by the code of their failure. */
export const unwrittenKey = (code: string) => `unwritten:${code}`;

/** False if the row was rejected. A temporary failure is thrown, so that the transaction is repeated. */
export async function writeInSavepoint(
  query: Query,
  write: () => Promise<unknown>,
  { failureOf, isEachKept = false }: Beside,
): Promise<boolean> {
  const refusal = await refusedOf(query, write);
  if (refusal === null) return true;
  const failure = failureOf(refusal);
  const isOnRecord = await refusedOf(query, async () => {
    if (!isEachKept && (await wasRecordedWithin(query, failure.code, sameFailureEveryMs))) return;
    const at = new Date();
    await insertErrorEvents(query, [
      errorRow(failure, { strategy: 'degrade' }, { id: newId<string>(at), at }),
    ]);
  });
  const isCounted = await refusedOf(query, () => count(query, failure));
  if (isOnRecord !== null && isCounted !== null) sayAtLast(failure);
  return false;
}

/**
 * Counts the rejection in one alert, which stays open until rows are accepted again; channels are notified the first
 * time.
 */
async function count(query: Query, { code, component, operation, message, advice }: MooseError) {
  const alert = { severity: 'high' as const, component, operation, code, message };
  // The log of decisions may be what rejects the row.
  const log = (on: Query, decision: Decision) => refusedOf(on, () => insertDecision(on, decision));
  const { id, isNew } = await raiseWith(log, query, { key: unwrittenKey(code), ...alert });
  if (!isNew) return;
  const payload = { title: message, text: advice ?? '', severity: alert.severity, path: '/alerts' };
  // If the outbox itself rejects rows, it cannot send a notice about that.
  await refusedOf(query, () => enqueueNotice(query, { kind: 'alert.raised', subjectId: id, payload }));
}

/**
 * The error if the database permanently rejects a write. Outside a transaction, a statement is its own transaction and
 * affects nothing else.
 */
async function refusedOf(query: Query, write: () => Promise<unknown>): Promise<MooseError | null> {
  if (query.isTransaction) return unlessRefused(query, write);
  try {
    await write();
    return null;
  } catch (cause) {
    const refusal = asMooseError(cause, 'write');
    if (!isMooseError(refusal) || refusal === cause || refusal.category === 'transient') throw cause;
    return refusal;
  }
}

const saidAtLast = new Set<string>();

/** If not even the failure can be written to the database, the process logs it once. */
function sayAtLast({ code, message }: MooseError): void {
  if (saidAtLast.has(code)) return;
  saidAtLast.add(code);
  process.emitWarning(message, { type: 'MooseWarning', code });
}
