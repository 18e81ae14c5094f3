// pi's settings, in files in its own home: one provider, the gateway, and nothing from the repository.

import { join } from 'node:path';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { AgentGateway } from '../../engine/ports/agent.ts';
import { writeOwnFile } from '../home-files.ts';

/** The variable with the session's key; the commands that pi runs do not get it. */
export const keyVariable = 'MOOSE_GATEWAY_KEY';

export const providerName = 'moose';

/** pi's name for a protocol, and the part of the path that its base URL must contain. */
const protocols: Partial<Record<WireName, { api: string; basePath: string }>> = {
  'anthropic-messages': { api: 'anthropic-messages', basePath: '' },
  'openai-chat': { api: 'openai-completions', basePath: '/v1' },
  gemini: { api: 'google-generative-ai', basePath: '/v1beta' },
};

/** Fits any large model; pi summarises a longer conversation before it calls again. */
const contextTokens = 128_000;

/** Long enough for a model that thinks before its first word. */
const idleTimeoutMs = 300_000;
const retryDelayMs = 1_000;
const retryDelayMaxMs = 10_000;

/** Overwrites whatever an earlier session left there. */
export async function writePiFiles(
  homePath: string,
  { gateway, model, outputTokensMax, retriesMax }: PiTold,
): Promise<void> {
  const models = { providers: { [providerName]: describeProvider(gateway, model, outputTokensMax) } };
  await writeOwnFile(homePath, join(agentFolder, 'models.json'), `${JSON.stringify(models, null, 2)}\n`);
  await writeOwnFile(
    homePath,
    join(agentFolder, 'settings.json'),
    `${JSON.stringify(piSettings(retriesMax), null, 2)}\n`,
  );
  // A key here would take precedence over the one in the environment.
  await writeOwnFile(homePath, join(agentFolder, 'auth.json'), '{}\n');
}

export interface PiTold {
  gateway: AgentGateway;
  model: string;
  outputTokensMax: number;
  retriesMax: number;
}

function describeProvider({ url, wire }: AgentGateway, model: string, outputTokensMax: number): object {
  const protocol = protocols[wire];
  if (protocol === undefined) {
    throw agentFailures.AGENT_GATEWAY_MISSING_FOR_PI('prepare', { wire });
  }
  return {
    baseUrl: `${url}${protocol.basePath}`,
    api: protocol.api,
    apiKey: `$${keyVariable}`,
    models: [{ id: model, contextWindow: contextTokens, maxTokens: outputTokensMax, input: ['text'] }],
  };
}

function piSettings(retriesMax: number): object {
  return {
    retry: {
      enabled: retriesMax > 0,
      maxRetries: retriesMax,
      baseDelayMs: retryDelayMs,
      maxAgentDelayMs: retryDelayMaxMs,
      provider: { maxRetries: 0, maxRetryDelayMs: retryDelayMaxMs },
    },
    httpIdleTimeoutMs: idleTimeoutMs,
    // Other transports cannot be metered.
    transport: 'sse',
    // Features that would make calls that nobody asked for.
    cacheWarming: 'off',
    defaultProjectTrust: 'never',
    enableInstallTelemetry: false,
    enableAnalytics: false,
    shellCommandPrefix: `unset ${keyVariable}`,
    packages: [],
    extensions: [],
    skills: [],
    prompts: [],
    themes: [],
  };
}

/** Where pi keeps its own files inside a home. */
export const agentFolder = join('.pi', 'agent');

export function agentPathIn(homePath: string): string {
  return join(homePath, agentFolder);
}
