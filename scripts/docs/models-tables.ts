import { readConfig } from '../../src/config.ts';
import { formatUsd } from '../../src/domain/money.ts';
import { defaultAssessmentPolicy } from '../../src/engine/pipeline/assessment-policy.ts';
import { defaultPrices } from '../../src/models/prices.ts';
import { markdownTable } from './markdown-table.ts';

const tokensPerMillion = 1_000_000n;

/** What a model costs; one that is not here is not called. */
export function pricesTable(): string {
  const rows = Object.entries(defaultPrices).map(
    ([name, { inputNanoUsdPerToken, outputNanoUsdPerToken }]) => [
      `\`${name}\``,
      formatUsd(inputNanoUsdPerToken * tokensPerMillion),
      formatUsd(outputNanoUsdPerToken * tokensPerMillion),
    ],
  );
  return markdownTable(['model', 'a million tokens in', 'a million tokens out'], rows);
}

/** The models that are asked where `MOOSE_MODELS` is not set, by the key that is there. */
export function ladderTable(): string {
  const rows = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'].map((variable) => {
    const { light, standard, strong } = readConfig({ [variable]: 'set' }).engine.models;
    return [
      `\`${variable}\``,
      ...[light, standard, strong].map((names) => names.map((name) => `\`${name}\``).join(', ')),
    ];
  });
  return markdownTable(['with', 'light', 'standard', 'strong'], rows);
}

/** How much is set aside for a run, and which models it begins with, by what routing thinks of the work order. */
export function tiersTable(): string {
  const rows = defaultAssessmentPolicy.tiers.map(({ onHardStop, complexityMin, tier, estimateNanoUsd }) => [
    `${onHardStop ? 'a hard-stop word, or ' : ''}complexity from ${complexityMin} on`,
    tier,
    formatUsd(estimateNanoUsd),
  ]);
  return markdownTable(['the first that holds', 'begins with', 'set aside for the run'], rows);
}

export function hardStopWords(): string {
  return Object.entries(defaultAssessmentPolicy.hardStopWords)
    .map(
      ([word, forms]) =>
        `- \`${word}\`${forms.length > 0 ? ` (also ${forms.map((form) => `\`${form}\``).join(', ')})` : ''}`,
    )
    .join('\n');
}
