// The models that can be chosen: their use, price and availability.
import type * as wire from '../../contract/contract.ts';
import { isCloud } from '../../domain/agents/cloud.ts';
import { usdNumber } from '../../domain/money.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { allCircuits, type CircuitRow } from '../../store/failures/circuit-states.ts';
import { keptPrices } from '../../store/money/model-prices.ts';
import { inForce } from '../../store/money/prices/in-force.ts';
import type { KnownNames } from '../commands/submit/agent-choice.ts';
import type { LiveSettings } from './live-settings.ts';

interface ModelDeps {
  database: Database;
  clock: Clock;
  known: KnownNames;
  settings: LiveSettings;
}

const tiers = ['light', 'standard', 'strong'] as const;
const scripted = 'scripted';

export function askModels(deps: ModelDeps) {
  const { database, clock, settings } = deps;
  const priced = async () => {
    const kept = await database.run((query) => keptPrices(query));
    const byName = Map.groupBy(kept, ({ name }) => name);
    const isTaken = await hasKeys(deps, [...byName.keys()]);
    return [...byName].flatMap(([name, prices]) => {
      const price = inForce(prices, clock.now());
      const provider = providerOf(name);
      // Scripted models and those of clouds are listed only if they have been set up.
      const isOptional = provider === scripted || isCloud(provider);
      if (!price || (isOptional && !isTaken(provider))) return [];
      return [{ name, provider, price, hasKey: isTaken(provider) }];
    });
  };
  return {
    names: async (): Promise<string[]> => (await priced()).map(({ name }) => name).sort(),
    /** Models in use come first, then models that can be used. */
    list: async (): Promise<wire.Model[]> => {
      await settings.read();
      const { models } = settings.current;
      const circuits = await database.run(allCircuits);
      const found = new Map((await priced()).map((one) => [one.name, one]));
      const isTaken = await hasKeys(deps, Object.values(models).flat());
      const names = new Set([...Object.values(models).flat(), ...found.keys()]);
      const views = [...names].map((name): wire.Model => {
        const [step] = found.get(name)?.price.steps ?? [];
        const provider = providerOf(name);
        return {
          name,
          provider,
          tiers: tiers.filter((tier) => models[tier].includes(name)),
          has_key: found.get(name)?.hasKey ?? isTaken(provider),
          input_usd_per_million: step ? usdNumber(step.input) : null,
          output_usd_per_million: step ? usdNumber(step.output) : null,
          circuit: worst(circuits, ({ key }) => [`provider:${provider}`, `model:${name}`].includes(key)),
        };
      });
      const rank = (view: wire.Model) => (view.tiers.length > 0 ? 0 : view.has_key ? 1 : 2);
      return views.sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
    },
  };
}

const providerOf = (name: string) => name.slice(0, Math.max(0, name.indexOf('/')));

async function hasKeys(
  { known }: ModelDeps,
  names: readonly string[],
): Promise<(provider: string) => boolean> {
  const taken = new Set<string>();
  for (const provider of new Set(names.map(providerOf)))
    if (await known.hasKey?.(provider)) taken.add(provider);
  return (provider) => taken.has(provider);
}

/** The worst state among these circuits. */
export function worst(
  circuits: readonly CircuitRow[],
  isAsked: (circuit: CircuitRow) => boolean,
): CircuitRow['phase'] {
  const phases = circuits.filter(isAsked).map(({ phase }) => phase);
  return (
    phases.find((phase) => phase === 'open') ?? phases.find((phase) => phase === 'half_open') ?? 'closed'
  );
}
