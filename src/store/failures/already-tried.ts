// What has been tried for a work order without success, so that no question recommends it again (R-GO-5).
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

export interface AlreadyTried {
  /** The models that have answered for it, or were given to an agent, as `provider/model`; not those that only reviewed it. */
  models: string[];
  /** The models whose answers could not be used: not what was asked for, empty, refused or cut off. */
  unusable: string[];
  /** The agents that have worked on it. */
  agents: string[];
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
  // An agent that dies early has settled no call.
  const sessions = await query
    .selectFrom('sessions')
    .leftJoin('stepResults', (join) =>
      join
        .onRef('stepResults.runId', '=', 'sessions.runId')
        .onRef('stepResults.cycle', '=', 'sessions.cycle')
        .on('stepResults.step', '=', 'generating'),
    )
    .select(['sessions.name', sql<string | null>`step_results.result ->> 'model'`.as('model')])
    .distinct()
    .where('sessions.workOrderId', '=', workOrderId)
    .where('sessions.purpose', '=', 'agent')
    .where('sessions.startedAt', 'is not', null)
    .execute();
  const answered = await query
    .selectFrom('errorEvents')
    .select(sql<string | null>`metadata ->> 'model'`.as('model'))
    .distinct()
    .where('workOrderId', '=', workOrderId)
    .where('errorType', 'like', 'MODEL\\_ANSWER\\_%')
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
    models: [...new Set([...calls, ...sessions].flatMap(({ model }) => model ?? []))],
    unusable: answered.flatMap(({ model }) => model ?? []),
    agents: [...new Set(sessions.map(({ name }) => name))],
    options: answers.flatMap(({ chosenOption }) => chosenOption ?? []),
  };
}
