// What an impatient program would do with a stopped work order, and the figures by which that is judged.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { isMooseError } from '../../src/domain/failure.ts';
import type { RunId } from '../../src/domain/ids.ts';
import type { OptionKind } from '../../src/domain/people/escalation.ts';
import { announceRun } from '../../src/durable/enqueue-run.ts';
import type { WorkOrder } from '../../src/store/work/work-orders/work-orders.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, settledMsMax } from './ground.fixture.ts';
import { oneCall } from './one-call.fixture.ts';

/** The actor of a program with an API token. */
export const program = 'api:impatient';

const refusalsMax = 3;

export const orderOf = (ground: Ground, id: string): Promise<WorkOrder> => ground.opened.moose.find(id);

export async function figuresOf(ground: Ground, id: string) {
  const order = await orderOf(ground, id);
  const { status, agentRuns, modelCalls, costNanoUsd, refinementCycles, run } = order;
  const open = await ground.opened.database.query
    .selectFrom('escalations')
    .select('code')
    .where('workOrderId', '=', order.id)
    .where('status', '=', 'open')
    .execute();
  return {
    status,
    agentRuns,
    modelCalls,
    refinementCycles,
    runs: run,
    milliUsd: Number(costNanoUsd / 1_000n) / 1_000,
    /** The codes of the open questions. */
    open: open.map(({ code }) => code),
  };
}

/** Waits until nothing works on the work order any more. */
export function stopped(ground: Ground, id: string): Promise<WorkOrder> {
  return eventually(async () => {
    const order = await orderOf(ground, id);
    if (order.status === 'in_progress' || order.status === 'pending') throw new Error(`${id} is at work`);
    return order;
  }, settledMsMax);
}

/** The order in which a program would choose among the offered options. */
const waysOn: readonly OptionKind[] = ['refine', 'other_model', 'retry'];

/** Answers with any offered option, this many times or until it is refused. Returns the codes of the refusals. */
export async function keepAnswering(ground: Ground, id: string, timesMax: number): Promise<string[]> {
  const { escalations } = ground.opened.moose;
  const refusals: string[] = [];
  for (let time = 0; time < timesMax && refusals.length < refusalsMax; time++) {
    await stopped(ground, id);
    const { options } = await escalations.one(id);
    const way = waysOn.flatMap((kind) => options.filter((option) => option.kind === kind))[0];
    if (!way) throw new Error(`No way on among ${options.map((option) => option.id).join(', ')}`);
    try {
      await escalations.answer(id, way.id, { by: program, note: 'Try harder.' });
    } catch (cause) {
      if (!isMooseError(cause)) throw cause;
      refusals.push(cause.code);
    }
  }
  await stopped(ground, id);
  return refusals;
}

/** Why Moose stopped it, according to its open question. */
export async function whyAsked(ground: Ground, id: string): Promise<unknown> {
  return (await ground.opened.moose.escalations.one(id)).context.because;
}

export async function sessionsOf(ground: Ground, id: string, purpose: 'agent' | 'check'): Promise<number> {
  const sessions = await ground.opened.moose.workOrders.sessionsOf(id);
  return sessions.filter((session) => session.purpose === purpose).length;
}

/** Makes a waiting run due, as the wake-up after an outage would. */
export async function hurry({ opened: { database } }: Ground): Promise<void> {
  const { rows } = await sql<{ id: RunId }>`update runs set wake_at = clock_timestamp()
    where state = 'running' and wake_at > clock_timestamp() returning id`.execute(database.query);
  for (const { id } of rows) await announceRun(database.query, id);
}

/** Replaces `claude` with a program whose account has no money until the file `paid` exists; then it does the work. */
export async function installPoorClaude(directory: string): Promise<{ path: string; paid: string }> {
  const [path, paid] = [join(directory, 'poor-claude'), join(directory, 'paid')];
  const result = (fields: string) =>
    `printf '{"type":"result","subtype":"success",${fields},"total_cost_usd":0,"usage":{"input_tokens":0,"output_tokens":0}}\\n'`;
  await writeFile(
    path,
    `#!/bin/sh
[ "$1" = --version ] && { echo '2.1.328 (poor)'; exit 0; }
if [ -e '${paid}' ]; then
  ${oneCall}
  echo done >done.txt
  ${result('"is_error":false,"result":"Done."')}
else
  ${result('"is_error":true,"api_error_status":402,"terminal_reason":"api_error","result":"no credit"')}
  exit 1
fi
`,
  );
  await chmod(path, 0o755);
  return { path, paid };
}

export async function openings({ opened: { database } }: Ground, key: string): Promise<number> {
  const row = await database.query
    .selectFrom('circuitStates')
    .select('openings')
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.openings ?? 0;
}
