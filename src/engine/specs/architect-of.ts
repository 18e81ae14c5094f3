// Which model is the Architect, and what it costs: used for the estimate of a plan and for the plan.
import type { Query } from '../../store/database.ts';
import { keptPrices } from '../../store/money/model-prices.ts';
import { inForce } from '../../store/money/prices/in-force.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { EstimateGround } from './estimate-spec.ts';

export type PlanningSettings = Pick<EngineSettings, 'models' | 'assessment' | 'outputTokensMax'>;

/** Sorted by tier and then by position in the tier, so the strongest model is last. */
export async function architectOf(
  query: Query,
  planning: PlanningSettings | undefined,
  now: Date,
): Promise<EstimateGround['architect']> {
  if (!planning) return null;
  const { light, standard, strong } = planning.models;
  const model = [...light, ...standard, ...strong].at(-1);
  if (model === undefined) return null;
  const price = inForce(await keptPrices(query, model), now);
  return { model, price, outputTokensMax: planning.outputTokensMax };
}
