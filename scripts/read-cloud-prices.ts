// The prices of Anthropic's models on Amazon Bedrock and Google Vertex AI, for the models since version 4: clouds ask
// more for older ones that they phase out, and the library does not know when.
import { calcPrice, findProvider, type ModelInfo, type Provider } from '@pydantic/genai-prices';
import type { ListedModel, ListedPrice, ListedStep } from '../src/store/money/prices/price-list-file.ts';

type PricesOf = (model: ModelInfo) => ListedPrice[];
type DearerOf = (one: readonly ListedStep[], other: readonly ListedStep[]) => ListedStep[];

const versionLeast = 4;
/** The regions of inference profiles; without one of them, the model works in the region of the address. */
const geographies = ['', 'us.', 'eu.', 'apac.', 'au.', 'jp.'];

export function cloudModels(pricesOf: PricesOf, dearerOf: DearerOf): ListedModel[] {
  return [...bedrockModels(pricesOf), ...vertexModels(pricesOf, dearerOf)];
}

function providerOf(id: string): Provider {
  const provider = findProvider({ providerId: id });
  if (!provider) throw new Error(`The price library has no provider ${id}`);
  return provider;
}

function isNewEnough(stem: string): boolean {
  const [, version] = /^claude-[a-z]+-(\d+)/.exec(stem) ?? [];
  return version !== undefined && Number(version) >= versionLeast;
}

function bedrockModels(pricesOf: PricesOf): ListedModel[] {
  const aws = providerOf('aws');
  return aws.models.flatMap((model) => {
    const [, where, stem = ''] =
      /^(global|regional)\.anthropic\.(claude-.+?)(?:-v1:0)?$/.exec(model.id) ?? [];
    if (!isNewEnough(stem)) return [];
    const prefixes = where === 'global' ? ['global.'] : geographies;
    // Opus 4.5 is the only one whose ID has a date that the library leaves out.
    const stems = stem === 'claude-opus-4-5' ? [`${stem}-20251101`] : [stem];
    const isDated = /-\d{8}$/.test(stems[0] ?? '');
    const endings = isDated ? ['-v1:0'] : ['', '-v1', '-v1:0'];
    const names = prefixes
      .flatMap((prefix) => stems.map((each) => `${prefix}anthropic.${each}`))
      .flatMap((name) => endings.map((ending) => name + ending))
      .filter(
        (name) =>
          calcPrice({ input_tokens: 1, output_tokens: 1 }, name, { provider: aws })?.model.id === model.id,
      )
      .sort();
    if (names.length === 0) return [];
    const prices = pricesOf(model).map(withHour);
    return [{ provider: 'bedrock', names, contextTokens: model.context_window ?? null, prices }];
  });
}

/** The dates in model names, for models that Vertex AI knows only by dated names. */
const datesOnVertex: Readonly<Record<string, string>> = {
  'claude-sonnet-4-0': 'claude-sonnet-4@20250514',
  'claude-opus-4-0': 'claude-opus-4@20250514',
  'claude-opus-4-1': 'claude-opus-4-1@20250805',
  'claude-sonnet-4-5': 'claude-sonnet-4-5@20250929',
  'claude-haiku-4-5': 'claude-haiku-4-5@20251001',
  'claude-opus-4-5': 'claude-opus-4-5@20251101',
};

/** Anthropic's own price applies at the global location; where Google lists another one, the higher. */
function vertexModels(pricesOf: PricesOf, dearerOf: DearerOf): ListedModel[] {
  const google = providerOf('google');
  return providerOf('anthropic').models.flatMap((model) => {
    if (!isNewEnough(model.id)) return [];
    const dated = datesOnVertex[model.id];
    const names = dated === undefined ? [model.id, `${model.id}@default`] : [dated];
    const atGoogle = calcPrice({ input_tokens: 1, output_tokens: 1 }, names[0] ?? '', {
      provider: google,
    })?.model;
    const own = pricesOf(model).map(withHour);
    const theirs = atGoogle && pricesOf(atGoogle).map(withHour).at(-1);
    const prices = theirs
      ? own.map(({ from, steps }) => ({ from, steps: dearerOf(steps, theirs.steps) }))
      : own;
    const contextTokens = model.context_window ?? null;
    return [{ provider: 'vertex', names: [...names].sort(), contextTokens, prices }];
  });
}

/** For an hour, both clouds ask twice the price of input, which the library does not list for them. */
function withHour({ from, steps }: ListedPrice): ListedPrice {
  return {
    from,
    steps: steps.map((step) => {
      const hour = String(Number(step.input) * 2);
      return { ...step, cacheWrite1h: Number(step.cacheWrite1h) > Number(hour) ? step.cacheWrite1h : hour };
    }),
  };
}
