// Settings for the models and their order.
import { engineSetting, type SettingDefinition } from './definition.ts';
import { integerSetting, nameSchema, names } from './kinds.ts';

const group = 'models' as const;

/** As a value: no reviewer. */
export const nobody = 'none';

const ladder = (tier: 'light' | 'standard' | 'strong', whose: string): SettingDefinition =>
  engineSetting({
    ...{ key: `settings.models.${tier}`, group, kind: 'models', namesOf: 'model', schema: names({ min: 1 }) },
    environment: 'MOOSE_MODELS',
    title: `Models for ${whose} work`,
    help: `Moose asks the first one for ${whose} work, and the next one if it fails. Takes effect with the next run.`,
    read: ({ models }) => [...models[tier]],
    write: ({ models }, list) => ({ models: { ...models, [tier]: list } }),
  });

export const modelSettings: readonly SettingDefinition[] = [
  ladder('light', 'light'),
  ladder('standard', 'standard'),
  ladder('strong', 'risky'),
  engineSetting({
    ...{ key: 'settings.models.reviewer', group, kind: 'choice', namesOf: 'model', schema: nameSchema },
    environment: 'MOOSE_REVIEWER',
    title: 'Reviewer',
    help: `This model reviews every proposal before Moose applies it, at its price. "${nobody}" turns reviews off.`,
    read: ({ reviewer }) => reviewer ?? nobody,
    write: (_, name) => ({ reviewer: name === nobody ? null : name }),
  }),
  integerSetting({
    ...{ key: 'settings.models.output_tokens', group, of: 'outputTokensMax', min: 256, max: 1_000_000 },
    title: 'Maximum answer of a model, in tokens',
    help: 'No answer is longer. For each call, Moose reserves what such an answer would cost.',
  }),
];
