// Starts the chosen option for one work order in the transaction that stores the choice: both happen, or neither does.

import type { PermanentError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import type { EscalationOption } from '../../../domain/people/escalation.ts';
import { assertNever } from '../../../stdx/assert-never.ts';
import type { Database, Query } from '../../../store/database.ts';
import { allowSecret } from '../../../store/work/projects/allowed-secrets.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import { cancelIn } from '../cancel.ts';
import { raiseLimit } from '../change-limits.ts';
import { type RetryOptions, retryIn, type SteeringDeps, undoIn } from '../start-run.ts';
import { acceptChange } from './accept-change.ts';
import { acceptChangedContract } from './accept-changed-contract.ts';
import { addAsked } from './add-asked.ts';
import { adoptFix, type Fix, lookAtFix } from './adopt-fix.ts';
import type { Chosen } from './chosen.ts';
import { answerFailures } from './failure-catalogue.ts';

/** Checks what must be checked outside the database before an option can start. */
export async function prepareChoice(
  database: Database,
  order: WorkOrder,
  { option, by }: Chosen,
): Promise<Fix | undefined> {
  return option.kind === 'fix_by_hand' ? lookAtFix(database, order, by) : undefined;
}

/** Starts the option and returns the outcome for the question's row. */
export async function applyChoice(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  order: WorkOrder,
  chosen: Chosen,
  fix?: Fix,
): Promise<Record<string, unknown>> {
  const { option, by } = chosen;
  switch (option.kind) {
    case 'retry':
    case 'other_model':
    case 'other_agent':
    case 'refine':
    case 'take_left':
    case 'close':
      return { run_id: await retryIn(query, deps, order, settingsOf(order, chosen), by) };
    case 'raise_limit':
      await raiseLimitOf(query, option, by);
      return { run_id: await retryIn(query, deps, order, settingsOf(order, chosen), by) };
    case 'allow_secret':
      await letThrough(query, deps, order, chosen);
      return { run_id: await retryIn(query, deps, order, settingsOf(order, chosen), by) };
    case 'accept_contract':
      await acceptChangedContract(query, order, chosen);
      return { run_id: await retryIn(query, deps, order, settingsOf(order, chosen), by) };
    case 'other_base':
      return {
        run_id: await retryIn(
          query,
          deps,
          await takeBase(query, order, chosen),
          settingsOf(order, chosen),
          by,
        ),
      };
    case 'asked':
      await addAsked(query, order, chosen);
      return { run_id: await retryIn(query, deps, order, settingsOf(order, chosen), by) };
    case 'accept':
      return { run_id: await acceptChange(query, deps, order, by) };
    case 'fix_by_hand':
      if (!fix) throw new TypeError('A fix by hand must be checked before it is adopted');
      return { run_id: await adoptFix(query, deps, order, fix, by) };
    case 'undo':
      return { run_id: (await undoIn(query, deps, order, by)) ?? null };
    case 'cancel':
      return { cancelled: await cancelIn(query, deps, order, by) };
    case 'wait':
      return { waits: true };
    default:
      return assertNever(option.kind);
  }
}

/** Another base branch in place of one that was deleted: the run brings the change there before it publishes it. */
async function takeBase(
  query: Query,
  order: WorkOrder,
  { option: { base }, by }: Chosen,
): Promise<WorkOrder> {
  if (base === undefined) throw new TypeError('An option for another base branch does not name one');
  const from = order.baseBranch ?? '';
  await changeWorkOrder(
    query,
    order.id,
    {},
    { baseBranch: base, changedBy: by, changedBecause: `its base branch is ${base} now` },
  );
  await tellGround(query, order, [{ is: 'base replaced', from, into: base }], by);
  return { ...order, baseBranch: base };
}

/** Raises the daily or monthly limit that the option names, if it names one. */
export async function raiseLimitOf(
  query: Query,
  { systemLimit: limit, limitOf: of, limitNanoUsd }: EscalationOption,
  by: string,
): Promise<void> {
  if (limit) await raiseLimit(query, { limit, of, nanoUsd: BigInt(limitNanoUsd ?? 0) }, by);
}

async function letThrough(
  query: Query,
  { clock }: Pick<SteeringDeps, 'clock'>,
  { id: workOrderId, projectId }: WorkOrder,
  { option: { secret }, by }: Chosen,
): Promise<void> {
  if (!secret) throw new TypeError('An option to allow a secret does not name one');
  await allowSecret(query, { ...secret, projectId, workOrderId, allowedBy: by, allowedAt: clock.now() });
  const reason = `${by} allowed a value that looks like a secret (${secret.kind})`;
  await recordEvent(query, { workOrderId, kind: 'secret.allowed', actor: by, reason, detail: { ...secret } });
}

function settingsOf(
  order: WorkOrder,
  { option, note }: Chosen,
): RetryOptions & Required<Pick<RetryOptions, 'from'>> & { from: NonNullable<RetryOptions['from']> } {
  const { from, model, agent, timeLimitMs, kind } = option;
  const limitNanoUsd = option.systemLimit === undefined ? option.limitNanoUsd : undefined;
  if (option.needsNote && !note) throw noteNeeded(option);
  return {
    from: from ?? order.step ?? 'routing',
    option: kind,
    ...(model === undefined ? {} : { model }),
    ...(agent === undefined ? {} : { agent }),
    ...(note === undefined ? {} : { note }),
    ...(limitNanoUsd === undefined ? {} : { limitNanoUsd: BigInt(limitNanoUsd) }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
  };
}

export function noteNeeded({ command }: EscalationOption): PermanentError {
  return answerFailures.NOTE_NEEDED('answer', { command });
}

export function orderGone(escalationId: string): PermanentError {
  return answerFailures.ESCALATION_WITHOUT_WORK('answer', { escalationId: shortId(escalationId) });
}
