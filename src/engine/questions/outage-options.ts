// The options for an outage, for all work orders that wait for its end. Pure.
import type { OptionDraft } from '../../store/failures/escalations.ts';

const otherModelsMax = 2;

/**
 * Waiting is recommended: it costs nothing, and the outage ends by itself. `otherModels`: models that do not depend on
 * the failed service.
 */
export function outageOptions(otherModels: readonly string[] = []): OptionDraft[] {
  const nothing = { chance: null, chanceOf: 0 } as const;
  const models = otherModels.slice(0, otherModelsMax).map(
    (model): OptionDraft => ({
      ...nothing,
      id: `model:${model}`,
      kind: 'other_model',
      label: `Use ${model} for all of them`,
      costNanoUsd: null,
      risk: 'medium',
      model,
    }),
  );
  return [
    {
      ...nothing,
      id: 'wait',
      kind: 'wait',
      label: 'Wait: they continue automatically when it is available again',
      costNanoUsd: '0',
      risk: 'low',
    },
    ...models,
    {
      ...nothing,
      id: 'cancel',
      kind: 'cancel',
      label: 'Cancel all work orders that wait for it',
      costNanoUsd: '0',
      risk: 'medium',
    },
  ];
}
