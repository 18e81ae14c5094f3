// A person accepts a contract as a change left it, although it breaks others: their prompts say so from now on.

import { shortId } from '../../../domain/ids.ts';
import { isHuman } from '../../../domain/people/person.ts';
import type { Query } from '../../../store/database.ts';
import { acceptContract } from '../../../store/work/plans/contract-checks.ts';
import { recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Chosen } from './chosen.ts';
import { answerFailures } from './failure-catalogue.ts';

/**
 * @throws PermanentError `CONTRACT_NOT_YOURS` to a program; `CONTRACT_CHANGED` if the file has another content than the one
 * that the question was about
 */
export async function acceptChangedContract(
  query: Query,
  { id: workOrderId }: Pick<WorkOrder, 'id'>,
  { option: { contract }, by }: Chosen,
): Promise<void> {
  if (!contract) throw new TypeError('An option to accept a contract does not name one');
  // The other work orders of the plan rely on it, and nothing else asks about them.
  if (!isHuman(by)) {
    throw answerFailures.CONTRACT_NOT_YOURS('answer', { name: contract.name });
  }
  if (!(await acceptContract(query, { ...contract, workOrderId }, by))) {
    throw answerFailures.CONTRACT_CHANGED('answer', {
      name: contract.name,
      workOrderId: shortId(workOrderId),
    });
  }
  const reason = `${by} accepted the contract "${contract.name}" as it is now`;
  await recordEvent(query, {
    workOrderId,
    kind: 'contract.accepted',
    actor: by,
    reason,
    detail: { ...contract },
  });
}
