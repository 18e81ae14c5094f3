// Limits answers without a person, by a standing answer or a default: never for a parked work order, once per step
// until something new is verified, and a few times in total, so that no loop can form.
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import type { OptionKind } from '../../domain/people/escalation.ts';
import { isHuman } from '../../domain/people/person.ts';
import type { Query } from '../../store/database.ts';
import { countAutomaticAnswers } from '../../store/failures/automatic-answers.ts';
import type { Escalation, OptionDraft } from '../../store/failures/escalations.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { questionFailures } from './failure-catalogue.ts';

/**
 * The kinds of options that may be chosen without a person. Only a person may raise a limit, accept failing checks or
 * fix by hand, one work order at a time.
 */
export const automaticKinds: readonly OptionKind[] = [
  'retry',
  'other_model',
  'other_agent',
  'refine',
  'undo',
  'cancel',
  'wait',
];

/** Maximum per work order, whatever is verified in between: after that a person looks at it. */
export const automaticAnswersMax = 3;

export const defaultActor = 'moose:default';
export const policyActor = (policyId: string): string => `moose:policy:${policyId}`;

/** Null if the question may be answered automatically; otherwise the reason why not. */
export async function whyNotAutomatic(
  query: Query,
  order: Pick<WorkOrder, 'id' | 'parkedAt' | 'progressedAt'>,
  escalation: Pick<Escalation, 'context'>,
): Promise<string | null> {
  if (order.parkedAt !== null) return 'it is parked, and only a person can continue it';
  const { all, here } = await countAutomaticAnswers(query, order.id, {
    step: stepOf(escalation),
    since: order.progressedAt,
  });
  if (here > 0) return 'it was already answered this way, and nothing new has been verified since';
  if (all >= automaticAnswersMax) return `it was answered ${all} times without a person`;
  return null;
}

/** @throws ANSWER_NEEDS_HUMAN for a program that restarts a work order again and again */
export async function refuseTooMany(
  query: Query,
  id: WorkOrderId,
  { kind }: { kind: OptionKind },
  by: string,
): Promise<void> {
  if (isHuman(by) || endings.includes(kind)) return;
  const { all } = await countAutomaticAnswers(query, id, { step: null, since: null });
  if (all < automaticAnswersMax) return;
  throw questionFailures.ANSWER_NEEDS_HUMAN(
    { operation: 'answer', workOrderId: id },
    { id: shortId(id), all },
  );
}

const endings: readonly OptionKind[] = ['wait', 'undo', 'cancel'];

function stepOf({ context }: Pick<Escalation, 'context'>): string | null {
  return typeof context.step === 'string' ? context.step : null;
}

/** The kinds of options that a default may take: they neither end the work nor do anything irreversible. */
const kinds: readonly OptionKind[] = automaticKinds.filter((kind) => kind !== 'undo' && kind !== 'cancel');

/** The option that applies when nobody answers in time: none, unless a person enabled defaults. Pure. */
export function defaultFor(
  options: readonly OptionDraft[],
  recommended: string,
  { defaultAfterMs, defaultCostNanoUsdMax }: EngineSettings['escalation'],
  now: Date,
): Pick<Escalation, 'defaultOption' | 'defaultAt'> {
  const none = { defaultOption: null, defaultAt: null };
  if (defaultAfterMs === null) return none;
  const fits = options.filter((option) => isDefault(option, defaultCostNanoUsdMax));
  const chosen = fits.find(({ id }) => id === recommended) ?? fits[0];
  if (!chosen) return none;
  return { defaultOption: chosen.id, defaultAt: new Date(now.getTime() + defaultAfterMs) };
}

/** An option of unknown cost may cost any amount, so it cannot be the default. */
function isDefault({ kind, needsNote, risk, costNanoUsd }: OptionDraft, costNanoUsdMax: bigint): boolean {
  if (!kinds.includes(kind) || needsNote || risk === 'high' || costNanoUsd === null) return false;
  return BigInt(costNanoUsd) <= costNanoUsdMax;
}
