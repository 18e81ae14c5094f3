// Which models are asked, in which order.
import { engineSetting, type SettingDefinition } from './definition.ts';
import { integerSetting, nameSchema, names } from './kinds.ts';

const group = 'models' as const;

/** As a value: nobody reviews. */
export const nobody = 'none';

const ladder = (tier: 'light' | 'standard' | 'strong', whose: string): SettingDefinition =>
  engineSetting({
    ...{ key: `settings.models.${tier}`, group, kind: 'models', namesOf: 'model', schema: names({ min: 1 }) },
    environment: 'MOOSE_MODELS',
    title: `Models for ${whose} work`,
    help: `The first of them is asked for ${whose} work, and each later one where those before it fail; from the next run on.`,
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
    help: `This model reads every proposal before it is applied, for its price; "${nobody}": nobody does.`,
    read: ({ reviewer }) => reviewer ?? nobody,
    write: (_, name) => ({ reviewer: name === nobody ? null : name }),
  }),
  integerSetting({
    ...{ key: 'settings.models.output_tokens', group, of: 'outputTokensMax', min: 256, max: 1_000_000 },
    title: 'Longest answer of a model, in tokens',
    help: 'No answer to a call is longer; as much money as it may cost is held for each call until it is answered.',
  }),
];
