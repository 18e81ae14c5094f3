// The contenders: the provider itself, Moose's gateway, and the peers that could be installed.
import type { IssuedKey } from '../../src/store/money/gateway-keys.ts';
import { modelOf, type Protocol, pathOf } from './cases.ts';
import type { NextTarget } from './clients.ts';

export interface Contender {
  name: string;
  /** The benchmark continues if a peer fails. */
  isPeer: boolean;
  /** How many calls each client makes before the measurement. */
  warmUpCalls(client: number): number;
  targets(protocol: Protocol): NextTarget;
}

/** A contender that could not be installed, or that fails: it is always reported. */
export interface Absence {
  name: string;
  reason: string;
}

export const direct = 'direct';
export const moose = 'moose';

const warmUpCalls = 10;
const version = 'anthropic-version';

export function directContender(providerUrl: string): Contender {
  return {
    name: direct,
    isPeer: false,
    warmUpCalls: () => warmUpCalls,
    targets: (protocol) => () => ({
      url: `${providerUrl}${pathOf[protocol]}`,
      headers: keyHeaders(protocol, 'sk-bench'),
    }),
  };
}

/** A client uses the keys of its run in turn, because the brake would stop a single key at this rate. */
export function mooseContender(
  name: string,
  gatewayUrl: string,
  keys: readonly (readonly IssuedKey[])[],
): Contender {
  const turns = keys.map(() => 0);
  return {
    name,
    isPeer: false,
    // A gateway checks each key once, and a session uses one key for a long time; so each key is used once before the
    // measurement.
    warmUpCalls: (client) => keys[client]?.length ?? 0,
    targets: (protocol) => (client) => {
      const own = keys[client] ?? [];
      const turn = turns[client] ?? 0;
      turns[client] = turn + 1;
      const key = own[turn % own.length];
      if (key === undefined) throw new RangeError(`Client ${client} has no key`);
      return {
        url: `${gatewayUrl}/s/${key.id}/scripted${pathOf[protocol]}`,
        headers: keyHeaders(protocol, key.secret),
      };
    },
  };
}

export function litellmContender(name: string, url: string, masterKey: string): Contender {
  return {
    name,
    isPeer: true,
    warmUpCalls: () => warmUpCalls,
    targets: (protocol) => () => ({
      url: `${url}${pathOf[protocol]}`,
      headers: keyHeaders(protocol, masterKey),
    }),
  };
}

export function portkeyContender(name: string, url: string, providerUrl: string): Contender {
  const providers: Record<Protocol, string> = { chat: 'openai', messages: 'anthropic' };
  return {
    name,
    isPeer: true,
    warmUpCalls: () => warmUpCalls,
    targets: (protocol) => () => ({
      url: `${url}${pathOf[protocol]}`,
      headers: {
        ...keyHeaders(protocol, 'sk-bench'),
        'x-portkey-provider': providers[protocol],
        'x-portkey-custom-host': `${providerUrl}/v1`,
      },
    }),
  };
}

function keyHeaders(protocol: Protocol, key: string): Record<string, string> {
  return protocol === 'chat'
    ? { authorization: `Bearer ${key}` }
    : { 'x-api-key': key, [version]: '2023-06-01' };
}

/** The configuration of a LiteLLM proxy: the same two models, each with its protocol. */
export function litellmConfig(
  providerUrl: string,
  options: { masterKey: string; hasBudgets: boolean },
): object {
  const price = { input_cost_per_token: 0.000001, output_cost_per_token: 0.000005 };
  const budget = { budget_limit: 1_000_000, time_period: '1d' };
  const model = (protocol: Protocol, provider: string, base: string) => ({
    model_name: modelOf(protocol),
    litellm_params: {
      model: `${provider}/${modelOf(protocol)}`,
      api_base: base,
      api_key: 'sk-bench',
      ...price,
      ...(options.hasBudgets ? { max_budget: 1_000_000, budget_duration: '1d' } : {}),
    },
  });
  return {
    model_list: [model('chat', 'openai', `${providerUrl}/v1`), model('messages', 'anthropic', providerUrl)],
    litellm_settings: { telemetry: false },
    general_settings: { master_key: options.masterKey },
    ...(options.hasBudgets
      ? { router_settings: { provider_budget_config: { openai: budget, anthropic: budget } } }
      : {}),
  };
}
