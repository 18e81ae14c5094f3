// What has been tried for a work order without success, so that no question recommends it again (R-GO-5).
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

export interface AlreadyTried {
  /** The models that have answered for it, as `provider/model`; not those that only reviewed it. */
  models: string[];
  /** The options that were chosen at earlier questions about the same failure. */
  options: string[];
}

/** `code`: the code of the failure that the next question is about. */
export async function alreadyTried(
  query: Query,
  workOrderId: WorkOrderId,
  code: string,
): Promise<AlreadyTried> {
  const calls = await query
    .selectFrom('costTracking')
    .select('model')
    .distinct()
    .where('workOrderId', '=', workOrderId)
    .where('type', '=', 'actual')
    .where('status', 'in', ['settled', 'presumed'])
    .where('model', 'is not', null)
    .where('serviceName', '<>', 'reviewer')
    .execute();
  const answers = await query
    .selectFrom('escalations')
    .select('chosenOption')
    .distinct()
    .where('workOrderId', '=', workOrderId)
    .where('code', '=', code)
    .where('chosenOption', 'is not', null)
    .execute();
  return {
    models: calls.flatMap(({ model }) => model ?? []),
    options: answers.flatMap(({ chosenOption }) => chosenOption ?? []),
  };
}
