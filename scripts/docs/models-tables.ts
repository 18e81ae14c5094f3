import { readConfig } from '../../src/app/config/config.ts';
import { usdPerMillion } from '../../src/domain/agents/price.ts';
import { formatUsd } from '../../src/domain/money.ts';
import { defaultAssessmentPolicy } from '../../src/engine/policy/assessment-policy.ts';
import { knownPrices } from '../../src/models/prices.ts';
import type { StatedPrice } from '../../src/store/money/prices/in-force.ts';
import { markdownTable } from './markdown-table.ts';

/** The models' prices; a model that is not listed is not called. Models with the same prices share a row. */
export function pricesTable(): string {
  const groups = Map.groupBy(knownPrices(), (price) => {
    const { provider } = price.name.match(/^(?<provider>[^/]+)/)?.groups ?? {};
    return [provider, price.from?.toISOString(), price.contextTokens, ...cellsOf(price).flat()].join(' ');
  });
  const rows = [...groups.values()].flatMap((same) => {
    const [first] = same;
    const names = same.map(({ name }) => `\`${name}\``).join(', ');
    return first ? cellsOf(first).map((cells, index) => [index === 0 ? names : '', ...cells]) : [];
  });
  return markdownTable(
    ['model', 'from', 'input above', 'input', 'from cache', 'to cache', 'to cache for 1 h', 'output'],
    rows,
  );
}

function cellsOf({ from, steps }: StatedPrice): string[][] {
  return (steps ?? []).map(({ aboveInputTokens, input, cacheRead, cacheWrite, cacheWrite1h, output }) => [
    from?.toISOString().slice(0, 10) ?? '',
    aboveInputTokens === 0 ? '' : String(aboveInputTokens),
    ...[input, cacheRead, cacheWrite, cacheWrite1h, output].map(usdPerMillion),
  ]);
}

/** The models that are used if `MOOSE_MODELS` is not set, by the key that is set. */
export function ladderTable(): string {
  const rows = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY'].map((variable) => {
    const { light, standard, strong } = readConfig({ [variable]: 'set' }).engine.models;
    return [
      `\`${variable}\``,
      ...[light, standard, strong].map((names) => names.map((name) => `\`${name}\``).join(', ')),
    ];
  });
  return markdownTable(['with', 'light', 'standard', 'strong'], rows);
}

/** For each tier of work orders: the money that a run reserves, and the models that it starts with. */
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
