// Asks the Architect's model, through its circuits and the gateway, paid from the request's own reservation.

import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { type ReservationId, shortId } from '../../../domain/ids.ts';
import { formatUsd } from '../../../domain/money.ts';
import { type PlanAnswer, planSchema } from '../../../domain/plan/plan.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { architect } from '../../../store/money/budget-report.ts';
import { drawnFrom } from '../../../store/money/costs.ts';
import { issueKey } from '../../../store/money/gateway-keys.ts';
import type { Planning } from '../../../store/work/plans/plannings.ts';
import type { SpecRow } from '../../../store/work/plans/specs.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import type { Gateway } from '../../ports/gateway.ts';
import type { Model } from '../../ports/model.ts';
import type { Circuits } from '../../recovery/circuits.ts';
import type { ErrorRecoveryManager } from '../../recovery/error-recovery-manager.ts';
import { throughModelCircuits } from '../../recovery/model-circuits.ts';
import { affordablePlanCall } from '../planning-cost.ts';
import { intakeFailures } from './failure-catalogue.ts';
import type { PlanGround } from './plan-ground.ts';
import {
  architectSystem,
  composePlanPrompt,
  composePlanTask,
  type Refused,
  type SentBack,
} from './plan-prompt.ts';

export interface ArchitectDeps {
  database: Database;
  clock: Clock;
  settings: EngineSettings;
  gateway: Gateway;
  circuits: Pick<Circuits, 'through'>;
  recovery: Pick<ErrorRecoveryManager, 'executeWithRecovery'>;
  /** @throws ConfigurationError if the model has no provider, key or price */
  model(name: string): Model;
}

export interface PlanQuestion {
  planning: Planning & { reservationId: ReservationId };
  spec: SpecRow;
  ground: PlanGround;
  refused: Refused | null;
  sentBack: SentBack | null;
  round: number;
}

/** @throws MooseError the failure of the call, after the retries of the recovery table */
export async function askArchitect(
  deps: ArchitectDeps,
  question: PlanQuestion,
  signal: AbortSignal,
): Promise<PlanAnswer> {
  return deps.recovery.executeWithRecovery({
    component: 'model',
    operation: 'generate',
    signal,
    ways: [question.planning.model],
    call: ({ way }) => ask(deps, deps.model(way), question, signal),
  });
}

async function ask(
  { database, settings, gateway, circuits }: ArchitectDeps,
  model: Model,
  { planning, spec, ground, ...asked }: PlanQuestion,
  signal: AbortSignal,
): Promise<PlanAnswer> {
  const { reservationId } = planning;
  const task = composePlanTask({ id: spec.id, name: spec.name, content: spec.content, ...asked });
  const prompt = composePlanPrompt(task, ground.shown);
  const { left } = await database.run((query) => drawnFrom(query, reservationId), signal);
  const call = affordablePlanCall(left, Buffer.byteLength(prompt), model.price, settings.outputTokensMax);
  if (call === null) throw usedUp(planning, left);
  const owner = { workOrderId: null, runId: null, reservationId, serviceName: architect };
  // The key draws from the reservation, so it is useless once the reservation has ended.
  const key = await database.run((query) => issueKey(query, owner), signal);
  try {
    const { url } = await gateway.address(signal);
    const through = {
      baseUrl: `${url}/s/${key.id}/${model.provider}/v1`,
      apiKey: key.secret,
      onCall: () => undefined,
    };
    const limits = { outputTokensMax: call.outputTokensMax, timeoutMs: settings.modelTimeoutMs, signal };
    const question = { system: architectSystem, schema: planSchema, schemaName: 'plan', prompt };
    const called = { provider: model.provider, model: model.name };
    const answer = await throughModelCircuits(circuits, called, signal, () =>
      model.generate({ ...question, ...limits, through }),
    );
    if (answer.kind === 'object') return { plan: answer.object };
    return { plan: null, problem: `It could not be read as a plan (${answer.kind}): ${answer.problem}` };
  } catch (cause) {
    if (isMooseError(cause) && cause.code === 'MODEL_BUDGET') throw usedUp(planning, left);
    throw cause;
  }
}

function usedUp({ specId, limitNanoUsd }: Planning, left: bigint): MooseError {
  // A provider may bill more tokens than it was allowed.
  const leftNanoUsd = left < 0n ? 0n : left;
  return intakeFailures.PLAN_MONEY_USED_UP('draw', {
    left: formatUsd(leftNanoUsd),
    limit: formatUsd(limitNanoUsd),
    specId: shortId(specId),
  });
}
