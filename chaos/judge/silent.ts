// Silent: a failure that was reported to nobody.
import type { Case, Finding } from './case.ts';
import { findingsOf } from './rows.ts';

const statements = [
  `select id::text, 'is ' || status || ', and its failure has no text' as what from work_orders
    where status in ('failed', 'needs_review') and coalesce(failure ->> 'message', '') = ''`,
  `select id::text, 'is ' || status || ', and nobody is asked' as what from work_orders w
    where status in ('failed', 'needs_review') and not exists (select 1 from escalations e
      where jsonb_array_length(e.options) > 0 and (e.work_order_id = w.id
        or exists (select 1 from escalation_members m where m.escalation_id = e.id and m.work_order_id = w.id)))`,
  `select id::text, 'is ' || status || ', and no error is recorded' as what from work_orders w
    where status in ('failed', 'needs_review')
      and not exists (select 1 from error_events e where e.work_order_id = w.id)`,
  `select work_order_id::text as id, 'the error ' || id || ' has no text' as what from error_events
    where error_message = ''`,
];

export async function findSilent({ database, submitted, diedAlone }: Case): Promise<Finding[]> {
  const found = await findingsOf(database, submitted, statements);
  return [...found, ...diedAlone.map((what) => ({ id: 'process', what, scenario: null }))];
}
