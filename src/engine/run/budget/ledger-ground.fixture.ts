// For tests: a work order with an envelope, a key that draws from it, and a live gateway.
import { randomUUID } from 'node:crypto';
import { type CallEnd, noUsage } from '../../../domain/agents/model-call.ts';
import { newId, type ReservationId, type SessionId } from '../../../domain/ids.ts';
import type { Database } from '../../../store/database.ts';
import { proveBudget } from '../../../store/money/budget-proof.ts';
import { reserveBudget } from '../../../store/money/costs.ts';
import { hashOfKey, type IssuedKey, issueKey } from '../../../store/money/gateway-keys.ts';
import { beatGateway } from '../../../store/money/gateways.ts';
import { updateRun } from '../../../store/work/runs/runs.ts';
import { aWorkOrderAtWork, type Scratch } from '../../../store/work/scratch-rows.fixture.ts';
import { intendSession } from '../../../store/work/sessions/session-rows.ts';
import type { CallDraw } from './call-ledger.ts';

export interface LedgerGround extends Scratch {
  reservationId: ReservationId;
  key: IssuedKey;
  gatewayId: string;
}

export async function ledgerGround(
  database: Database,
  envelopeNanoUsd: bigint,
  given: Parameters<typeof aWorkOrderAtWork>[1] = {},
): Promise<LedgerGround> {
  const { query } = database;
  const scratch = await aWorkOrderAtWork(database, given);
  const { workOrderId, runId, projectId } = scratch;
  const { reservationId } = await reserveBudget(query, envelopeNanoUsd, 'pipeline', {
    work_order_id: workOrderId,
    run_id: runId,
    project_id: projectId,
  });
  if (reservationId === null) throw new Error('The envelope was refused');
  await updateRun(query, runId, { reservationId });
  const key = await issueKey(query, { workOrderId, runId, serviceName: 'agent' });
  const gatewayId = randomUUID();
  await beatGateway(query, { id: gatewayId, host: 'here' });
  return { ...scratch, reservationId, key, gatewayId };
}

export function aDraw(
  { key, gatewayId }: Pick<LedgerGround, 'key' | 'gatewayId'>,
  worstCaseNanoUsd: bigint,
  callId = randomUUID(),
): CallDraw {
  return {
    callId,
    gatewayId,
    worstCaseNanoUsd,
    keyId: key.id,
    keyHash: hashOfKey(key.secret),
    provider: 'scripted',
    model: 'scripted/light',
    wire: 'anthropic-messages',
    isStream: true,
    inputTokensMax: 1_000,
    outputTokensMax: 100,
    priceVersion: 'test',
  };
}

/** A running session of an agent. */
export async function aSession(database: Database, { workOrderId, runId }: LedgerGround): Promise<SessionId> {
  const { id } = await intendSession(database.query, {
    id: newId<SessionId>(new Date()),
    workOrderId,
    runId,
    purpose: 'agent',
    name: 'claude-code',
    cycle: 0,
    attempt: 1,
    host: 'here',
    directory: '/s',
    command: 'c',
    state: 'running',
  });
  return id;
}

export const goodEnd: CallEnd = {
  httpStatus: 200,
  failure: null,
  retryAfterMs: null,
  firstByteMs: 12.4,
  durationMs: 80.6,
};

export const cost = (nanoUsd: bigint) => ({
  nanoUsd,
  usage: { ...noUsage, inputTokens: 10, cacheReadTokens: 5, outputTokens: 3 },
});

/** The reserved, spent and presumed amounts of the day's window. */
export async function dayOf(database: Database): Promise<[bigint, bigint, bigint]> {
  const row = await database.query
    .selectFrom('budgetWindows')
    .select(['heldNanoUsd', 'spentNanoUsd', 'presumedNanoUsd'])
    .where('key', 'like', 'day:%')
    .executeTakeFirstOrThrow();
  return [row.heldNanoUsd, row.spentNanoUsd, row.presumedNanoUsd];
}

export const differences = (database: Database) => proveBudget(database.query);
