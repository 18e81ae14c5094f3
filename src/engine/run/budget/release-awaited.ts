// Work whose models are all stopped waits until a person allows one again (R-GO-5, R-BUD-12): nothing of it has failed. All
// work that waits for one model shares one question.
import type { ExternalServiceError, MooseError } from '../../../domain/failure.ts';
import type { RunSettings } from '../../../domain/work-order/work-order.ts';
import type { Query } from '../../../store/database.ts';
import type { OptionDraft } from '../../../store/failures/escalations.ts';
import { stoppedModels } from '../../../store/money/limits.ts';
import type { Run } from '../../../store/work/runs/runs.ts';
import { recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { askTogether, moneyPrefix } from '../../questions/ask-human.ts';
import { findResult } from '../step-results.ts';
import type { Work } from '../work.ts';
import { budgetFailures } from './failure-catalogue.ts';

const windowPrefix = 'model:';
/** Nobody else may answer, or nobody who is not stopped. */
const codes = new Set(['MODEL_STOPPED', 'AGENT_MODEL_STOPPED', 'MODELS_EXCLUDED']);

/** Waits like work without money, for a model in place of a limit. */
export function isForRelease({ code, metadata }: Pick<MooseError, 'code' | 'metadata'>): boolean {
  return code === 'MONEY_AWAITED' && String(metadata.window).startsWith(windowPrefix);
}

/** The failure of a step that no model may carry out because it is stopped, as a wait; any other failure as it is. */
export async function orAwaitsRelease(work: Work, failure: MooseError): Promise<MooseError> {
  if (!codes.has(failure.code)) return failure;
  const { database, order, settings, signal } = work;
  const { light, standard, strong } = settings.models;
  const routed = await findResult(work, 'routing');
  const allowed = order.settings.model
    ? [order.settings.model]
    : [...light, ...standard, ...strong, ...(routed?.models ?? [])];
  const stopped = await database.run(stoppedModels, signal);
  const awaited = stopped.filter((name) => allowed.includes(name)).toSorted();
  const said = failure.metadata.model;
  if (awaited.length > 0) return releaseOf(order, awaited);
  // Where it was released a moment ago, the work goes on.
  return typeof said === 'string' ? releaseOf(order, [said]) : failure;
}

function releaseOf(order: WorkOrder, models: readonly string[]): ExternalServiceError {
  return budgetFailures.MONEY_AWAITED_MODEL(
    {
      operation: 'draw',
      workOrderId: order.id,
      metadata: { window: `${windowPrefix}${models[0]}`, models },
    },
    { models: models.join(', ') },
  );
}

/** What is written with the pause of a run that gives back its envelope: it will need as much as before. */
export function afterModelStopped(
  { settings }: Run,
  { metadata }: Pick<MooseError, 'metadata'>,
): RunSettings {
  const { leastNanoUsd = '1', drawnNanoUsd = '0' } = settings.money ?? {};
  return { ...settings, money: { limit: String(metadata.window), leastNanoUsd, drawnNanoUsd } };
}

/** A run does not begin again before its model is released. @throws ExternalServiceError */
export async function requireRelease(query: Query, { order }: Work, { settings }: Run): Promise<void> {
  const { limit = '' } = settings.money ?? {};
  if (!limit.startsWith(windowPrefix)) return;
  const model = limit.slice(windowPrefix.length);
  if ((await stoppedModels(query)).includes(model)) throw releaseOf(order, [model]);
}

/** Call this in the transaction that pauses the run. */
export async function askAboutRelease(
  query: Query,
  order: WorkOrder,
  failure: Pick<ExternalServiceError, 'code' | 'message' | 'metadata' | 'failureClass' | 'advice'>,
): Promise<void> {
  const window = String(failure.metadata.window);
  const { id, hasJoined } = await askTogether(
    query,
    {
      failureClass: failure.failureClass,
      title: `Calls to ${window.slice(windowPrefix.length)} are stopped: work orders wait`,
      context: {
        code: failure.code,
        because: failure.message,
        advice: failure.advice ?? null,
        evidence: failure.metadata,
      },
      options,
      recommendedOption: 'wait',
      component: 'budget',
      operation: 'draw',
      code: failure.code,
      groupKey: `${moneyPrefix}${window}`,
    },
    order.id,
  );
  if (!hasJoined) return;
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'paused',
    actor: 'moose:budget',
    reason: failure.message,
    detail: { window, escalationId: id },
  });
}

const free = { chance: null, chanceOf: 0, costNanoUsd: '0' } as const;

const options: OptionDraft[] = [
  {
    ...free,
    id: 'wait',
    kind: 'wait',
    label: 'Wait: they continue once the price is checked and `moose limits --thaw` allows the calls again',
    risk: 'low',
  },
  {
    ...free,
    id: 'cancel',
    kind: 'cancel',
    label: 'Cancel all work orders that wait for it',
    risk: 'medium',
  },
];
