// OpenCode's settings: a complete configuration in one variable, and disabled features in others.

import { join } from 'node:path';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { AgentGateway, AgentServer } from '../../engine/ports/agent.ts';
import { writeOwnFile } from '../home-files.ts';
import { serverStartMs } from '../servers.ts';

export const providerName = 'moose';

/** Both packages are part of the program, so nothing is downloaded for them. */
const libraries: Partial<Record<WireName, string>> = {
  'anthropic-messages': '@ai-sdk/anthropic',
  'openai-chat': '@ai-sdk/openai-compatible',
};

/** Fits any large model; OpenCode summarises a longer conversation before it calls again. */
const contextTokens = 128_000;

export interface OpenCodeTold {
  gateway: AgentGateway;
  model: string;
  outputTokensMax: number;
  servers?: readonly AgentServer[];
}

/** @throws MooseError `AGENT_GATEWAY_MISSING` for a protocol that OpenCode does not speak */
export function openCodeConfiguration({
  gateway,
  model,
  outputTokensMax,
  servers = [],
}: OpenCodeTold): object {
  const named = `${providerName}/${model}`;
  return {
    model: named,
    // Small side tasks use the chosen, priced model.
    small_model: named,
    enabled_providers: [providerName],
    provider: {
      [providerName]: {
        name: 'Moose',
        npm: libraryFor(gateway.wire),
        options: { baseURL: `${gateway.url}/v1`, apiKey: gateway.key },
        models: {
          [model]: {
            name: model,
            tool_call: true,
            limit: { context: contextTokens, output: outputTokensMax },
          },
        },
      },
    },
    permission: {
      '*': 'allow',
      // The prompt is in a file in the session's folder.
      external_directory: 'allow',
      // Tools that reach the web, start more agents, ask a person, or follow other people's text.
      webfetch: 'deny',
      websearch: 'deny',
      task: 'deny',
      question: 'deny',
      skill: 'deny',
    },
    mcp: Object.fromEntries(servers.map(({ name, ...server }) => [name, describe(server)])),
    autoupdate: false,
    share: 'disabled',
    snapshot: false,
    lsp: false,
    formatter: false,
    plugin: [],
  };
}

function describe({ command, args, env }: Omit<AgentServer, 'name'>): object {
  return {
    type: 'local',
    command: [command, ...args],
    environment: env,
    enabled: true,
    timeout: serverStartMs,
  };
}

function libraryFor(wire: WireName): string {
  const library = libraries[wire];
  if (library !== undefined) return library;
  throw agentFailures.AGENT_GATEWAY_MISSING('prepare', { wire });
}

export const openCodeSwitches: Readonly<Record<string, string>> = {
  OPENCODE_DISABLE_PROJECT_CONFIG: '1',
  OPENCODE_PURE: '1',
  OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
  OPENCODE_DISABLE_EXTERNAL_SKILLS: '1',
  OPENCODE_DISABLE_CLAUDE_CODE: '1',
  OPENCODE_DISABLE_AUTOUPDATE: '1',
  OPENCODE_DISABLE_MODELS_FETCH: '1',
  OPENCODE_DISABLE_SHARE: '1',
  OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  OPENCODE_EXPERIMENTAL_DISABLE_FILEWATCHER: '1',
};

/** OpenCode downloads this package into its configuration folder at each start, unless it seems to exist. */
const packageOfPlugins = '@opencode-ai/plugin';

/** The session's own folder for `XDG_CONFIG_HOME`: no earlier session left anything there. */
export async function writeConfigurationFolder(configPath: string): Promise<void> {
  await writeOwnFile(configPath, join('opencode', 'node_modules', '.keep'), '');
  const lock = { packages: { '': { dependencies: { [packageOfPlugins]: '*' } } } };
  await writeOwnFile(configPath, join('opencode', 'package-lock.json'), `${JSON.stringify(lock)}\n`);
}
