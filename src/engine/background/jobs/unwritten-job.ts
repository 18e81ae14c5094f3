// Ends the alert about rejected rows once the table accepts rows again: it writes a test row and rolls it back.
import { audit } from '../../../store/access/api-tokens.ts';
import { takesRow } from '../../../store/connection/unless-refused.ts';
import type { Database, Query } from '../../../store/database.ts';
import { hasOpenAlert, openAlertKeys, resolveAlert } from '../../../store/failures/alerts.ts';
import { addToOutbox } from '../../../store/failures/outbox.ts';
import { insertDecision } from '../../../store/work/work-orders/decisions.ts';
import { unwrittenKey } from '../../errors/write-in-savepoint.ts';
import type { PeriodicJob } from './periodic-jobs.ts';

const everyMs = 60_000;
const by = 'moose:jobs';

/** A test write for each kind of rejected row, by the code of its failure. */
const attempts: Readonly<Record<string, (query: Query) => Promise<unknown>>> = {
  AUDIT_NOT_WRITTEN: (query) => audit(query, { actor: by, act: 'log.probe' }),
  DECISION_NOT_LOGGED: (query) =>
    insertDecision(query, { workOrderId: null, kind: 'skip', agentType: by, input: {}, output: {} }),
  NOTICE_NOT_WRITTEN: (query) => addToOutbox(query, { key: 'log.probe', kind: 'log.probe', payload: {} }),
};

export function unwrittenJob(database: Database): PeriodicJob {
  return {
    name: 'unwritten',
    everyMs,
    due: hasOpenAlert(unwrittenKey('')),
    run: (signal) => database.transaction(endTheOver, signal),
  };
}

async function endTheOver(query: Query): Promise<void> {
  const open = await openAlertKeys(query, unwrittenKey(''));
  for (const [code, write] of Object.entries(attempts)) {
    const key = unwrittenKey(code);
    if (open.includes(key) && (await takesRow(query, () => write(query))))
      await resolveAlert(query, key, 'moose');
  }
}
