// For tests: everything that is recorded about a work order and its run.
import { messagesIn } from '../../durable/messages.fixture.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { effectsOf } from '../../store/work/sessions/effects.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import type { Work } from '../run/work.ts';

/** Everything that is recorded about a work order, for comparison. */
export async function onRecord({ database, order, run }: Work) {
  const { query } = database;
  const kinds = (await eventsOf(query, order.id)).map(({ kind }) => kind);
  const results = await query
    .selectFrom('stepResults')
    .select(['step', 'cycle'])
    .where('workOrderId', '=', order.id)
    .orderBy('finishedAt')
    .execute();
  const errors = await query
    .selectFrom('errorEvents')
    .select(['errorType', 'recoveryStrategy', 'attempt', 'step'])
    .where('workOrderId', '=', order.id)
    .orderBy('timestamp')
    .execute();
  return {
    kinds,
    results: results.map(({ step, cycle }) => `${step}.${cycle}`),
    errors,
    order: await theWorkOrder(database, order.id),
    run: await query.selectFrom('runs').selectAll().where('id', '=', run.id).executeTakeFirstOrThrow(),
    effects: (await effectsOf(query, order.id)).map(({ kind, state }) => `${kind} ${state}`),
    sessions: (await sessionsOf(query, order.id)).map(({ name, state }) => `${name} ${state}`),
  };
}

/** The facts that count as progress, oldest first. */
export async function factsOf({ database, order }: Work): Promise<string[]> {
  const events = await eventsOf(database.query, order.id);
  return events.flatMap(({ factKey }) => (factKey === null ? [] : [factKey]));
}

/** The run's legs in the queue, such as `1 later`. */
export async function legsOf({ database, run }: Work): Promise<string[]> {
  const own = `${run.id}:`;
  return (await messagesIn(database.query)).flatMap((message) =>
    message.startsWith(own) ? [message.slice(own.length)] : [],
  );
}

/** The questions to people about this work order. */
export const questionsOf = ({ database, order }: Work) =>
  database.query
    .selectFrom('escalations')
    .select(['id', 'code', 'status', 'options', 'recommendedOption', 'context'])
    .where('workOrderId', '=', order.id)
    .orderBy('createdAt')
    .execute();

export async function decisionsOn({ database, order }: Work) {
  const rows = await database.query
    .selectFrom('decisionLogs')
    .select(['kind', 'inputContext', 'decisionOutput'])
    .where('workOrderId', '=', order.id)
    .orderBy('createdAt')
    .execute();
  return rows.map(({ kind, inputContext, decisionOutput }) => ({
    kind,
    input: inputContext as Record<string, unknown>,
    output: decisionOutput as Record<string, unknown>,
  }));
}
