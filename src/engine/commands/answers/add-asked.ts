// A person says that what refused a change was asked for: from now on the task of its work order allows it.

import { shortId } from '../../../domain/ids.ts';
import { isHuman } from '../../../domain/people/person.ts';
import { withAsked } from '../../../domain/work-order/asked-by-findings.ts';
import { askedTexts } from '../../../domain/work-order/given-asked.ts';
import type { Query } from '../../../store/database.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { commandFailures } from '../failure-catalogue.ts';
import type { Chosen } from './chosen.ts';
import { answerFailures } from './failure-catalogue.ts';

/** @throws PermanentError `ASKED_NOT_YOURS` to a program: a model may accuse a change, and never acquits it */
export async function addAsked(
  query: Query,
  { id, status, run, settings }: WorkOrder,
  { option: { asked }, by }: Chosen,
): Promise<void> {
  if (!asked) throw new TypeError('An option to add to what is asked does not say what');
  if (!isHuman(by)) throw answerFailures.ASKED_NOT_YOURS('answer', { id: shortId(id) });
  const reason = `${by} said that this was asked: ${askedTexts(asked).join('; ')}`;
  const set = { asked: withAsked(settings.asked, asked) };
  const change = { settings: { set }, changedBy: by, changedBecause: reason };
  if (!(await changeWorkOrder(query, id, { status, run }, change)))
    throw commandFailures.WORK_ORDER_CHANGED('answer', { id: shortId(id) });
  await recordEvent(query, { workOrderId: id, kind: 'asked.added', actor: by, reason, detail: { ...asked } });
}
