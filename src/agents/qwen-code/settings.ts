// Qwen Code's settings: in its own home, and how to reach its model over each protocol.

import { join } from 'node:path';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { AgentGateway } from '../../engine/ports/agent.ts';
import { writeOwnFile } from '../home-files.ts';

/** Without the version, Qwen Code would rewrite the file. */
const settingsVersion = 4;

/** Time limit for one model call: long enough for a model that thinks before its first word. */
const callTimeoutMs = 600_000;

/** Overwrites whatever an earlier session left there. */
export async function writeQwenCodeFiles(
  homePath: string,
  { outputTokensMax, retriesMax }: { outputTokensMax: number; retriesMax: number },
): Promise<void> {
  const settings = {
    $version: settingsVersion,
    // An unknown folder is not trusted: its settings, hooks, servers and `.env` are not read.
    security: { folderTrust: { enabled: true } },
    general: { enableAutoUpdate: false, disableUpdateNag: true, checkpointing: { enabled: false } },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    // This feature would make a second model call after each run, to store memories that no later session uses.
    memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
    model: {
      generationConfig: {
        maxRetries: retriesMax,
        timeout: callTimeoutMs,
        samplingParams: { max_tokens: outputTokensMax },
      },
    },
  };
  await writeOwnFile(homePath, join('.qwen', 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
}

interface Protocol {
  authType: string;
  baseUrlVariable: string;
  keyVariable: string;
  /** The path segment that the base URL must contain for Qwen Code. */
  basePath: string;
}

/** Responses is not offered: Qwen Code speaks it, but it was not tested. */
const protocols: Partial<Record<WireName, Protocol>> = {
  'openai-chat': {
    authType: 'openai',
    basePath: '/v1',
    baseUrlVariable: 'OPENAI_BASE_URL',
    keyVariable: 'OPENAI_API_KEY',
  },
  'anthropic-messages': {
    authType: 'anthropic',
    basePath: '',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    keyVariable: 'ANTHROPIC_API_KEY',
  },
  gemini: {
    authType: 'gemini',
    basePath: '',
    baseUrlVariable: 'GOOGLE_GEMINI_BASE_URL',
    keyVariable: 'GEMINI_API_KEY',
  },
};

/** @throws MooseError `AGENT_GATEWAY_MISSING` for a protocol that Qwen Code does not speak */
export function qwenCodeProvider({ url, key, wire }: AgentGateway): {
  authType: string;
  env: Record<string, string>;
} {
  const protocol = protocols[wire];
  if (protocol === undefined) {
    throw agentFailures.AGENT_GATEWAY_MISSING_FOR_QWEN_CODE('prepare', { wire });
  }
  const { authType, basePath, baseUrlVariable, keyVariable } = protocol;
  return { authType, env: { [baseUrlVariable]: `${url}${basePath}`, [keyVariable]: key } };
}
