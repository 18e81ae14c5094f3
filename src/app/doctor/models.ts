// Whether the models that Moose would ask can be called: their prices, credentials and addresses.
import { isCloud } from '../../domain/agents/cloud.ts';
import { isMooseError } from '../../domain/failure.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { probeCloud } from '../../gateway/clouds/probe-cloud.ts';
import { createModel } from '../../models/catalog.ts';
import { findKnownPrice } from '../../models/prices.ts';
import { probeProvider } from '../../models/probe-provider.ts';
import type { Config } from '../config/config.ts';

export async function diagnoseModels(config: Config): Promise<Diagnosis> {
  const names = [...new Set(Object.values(config.engine.models).flat())];
  if (names.length === 0) {
    return {
      name: 'models',
      state: 'warning',
      found: 'none',
      advice: noneAdvice(config),
    };
  }
  const priceOf = findKnownPrice(config.prices);
  const problems = names.flatMap((name) => {
    try {
      createModel(name, config.models, priceOf);
      return [];
    } catch (cause) {
      return [adviceOf(cause, 'Check the settings of its provider.')];
    }
  });
  const [first] = problems;
  if (first) return { name: 'models', state: 'warning', found: names.join(', '), advice: first };
  return (
    (await providers(config, names)) ?? {
      name: 'models',
      state: 'ok',
      found: names.join(', '),
      advice: null,
    }
  );
}

/** A cloud's models have to be named: their IDs say in which regions the work may be done. */
function noneAdvice({ models: { bedrock, vertex } }: Config): string {
  if (bedrock)
    return 'Name its models in MOOSE_MODELS, as in bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0.';
  if (vertex) return 'Name its models in MOOSE_MODELS, as in vertex/claude-haiku-4-5@20251001.';
  return 'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY; `moose demo` needs no key.';
}

/** By the way that the gateway goes. */
function probe(name: string, { models, proxy }: Config) {
  const [, provider = '', model = ''] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
  const { access, baseUrl } = (isCloud(provider) && models[provider]) || {};
  return access && baseUrl ? probeCloud(access, baseUrl, model, proxy) : probeProvider(name, models, proxy);
}

/** Sends each provider one request; null if all of them answer and accept their keys. */
async function providers(config: Config, names: readonly string[]): Promise<Diagnosis | null> {
  const oneOfEach = new Map(names.map((name) => [name.split('/')[0], name]));
  const probed = await Promise.all([...oneOfEach.values()].map((name) => probe(name, config)));
  const problems = probed.filter((problem) => problem !== null);
  const [first] = problems;
  if (!first) return null;
  // One working provider is enough for at least some work.
  const state = problems.length === probed.length ? 'missing' : 'warning';
  const what = problems.map((problem) => problem.what).join('; ');
  return { name: 'models', state, found: `${names.join(', ')}: ${what}`, advice: first.advice };
}

function adviceOf(cause: unknown, otherwise: string): string {
  return isMooseError(cause) ? (cause.advice ?? cause.message) : otherwise;
}
