// What Codex is told to do and to leave, as `-c` options: they win over every file of the user's and the repository's.

import type { AgentGateway } from '../../engine/ports/agent.ts';

/** The variable in which it finds the session's key; its own commands do not get it. */
export const keyVariable = 'MOOSE_GATEWAY_KEY';

/** What it has beyond reading, writing and running commands; each was on in the tested version. */
const switchedOff = [
  // With it a call that finds nobody waits for the network for ever, whatever its retries.
  'unbounded_connection_retries',
  // What the gateway could not read.
  'enable_request_compression',
  // What sends it elsewhere, runs what others wrote, or starts more agents.
  'api_key_model_discovery',
  'apps',
  'plugins',
  'remote_plugin',
  'hooks',
  'multi_agent',
  'goals',
  'tool_suggest',
  'skill_mcp_dependency_install',
  'image_generation',
  // Dearer tariffs.
  'fast_mode',
  'ultrafast_mode',
  // It keeps the environment, and the key with it, in a file.
  'shell_snapshot',
];

export function codexSettings({ url }: AgentGateway, retriesMax: number): string[] {
  const provider = {
    name: 'Moose',
    base_url: `${url}/v1`,
    env_key: keyVariable,
    wire_api: 'responses',
    // A request is retried as often as its stream: one of the two is enough.
    request_max_retries: 0,
    stream_max_retries: retriesMax,
    stream_idle_timeout_ms: streamIdleMs,
    supports_websockets: false,
  };
  const settings: Record<string, unknown> = {
    model_provider: 'moose',
    'model_providers.moose': provider,
    web_search: 'disabled',
    // A login shell sets a search path of its own.
    allow_login_shell: false,
    'shell_environment_policy.exclude': [keyVariable],
    'analytics.enabled': false,
    'otel.exporter': 'none',
    check_for_update_on_startup: false,
    ...Object.fromEntries(switchedOff.map((feature) => [`features.${feature}`, false])),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${toml(value)}`]);
}

/** Long enough for a model that thinks before its first word. */
const streamIdleMs = 300_000;

/** As a value of TOML; JSON's strings are TOML's too. */
function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${name} = ${toml(each)}`)
    .join(', ')}}`;
}
