// Codex's settings, as `-c` options, which override every file of the user and the repository.

import type { AgentGateway, AgentServer } from '../../engine/ports/agent.ts';
import { serverCallMs, serverStartMs } from '../servers.ts';

/** The variable with the session's key; the commands that Codex runs do not get it. */
export const keyVariable = 'MOOSE_GATEWAY_KEY';

/** Features to disable, beyond reading, writing and running commands; each was on in the tested version. */
const switchedOff = [
  // With this feature, a call without a network waits forever, regardless of the retries.
  'unbounded_connection_retries',
  // The gateway cannot read compressed requests.
  'enable_request_compression',
  // Features that call other servers, run others' code, or start more agents.
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
  // Features that are billed at higher prices.
  'fast_mode',
  'ultrafast_mode',
  // This feature stores the environment, including the key, in a file.
  'shell_snapshot',
];

interface CodexTold {
  servers: readonly AgentServer[];
  /** Codex reads the worktree's AGENTS.md by itself. */
  readsOwn: boolean;
}

export function codexSettings({ url }: AgentGateway, retriesMax: number, told?: CodexTold): string[] {
  const provider = {
    name: 'Moose',
    base_url: `${url}/v1`,
    env_key: keyVariable,
    wire_api: 'responses',
    // Codex retries both requests and streams; one of the two is enough.
    request_max_retries: 0,
    stream_max_retries: retriesMax,
    stream_idle_timeout_ms: streamIdleMs,
    supports_websockets: false,
  };
  return [...options({ model_provider: 'moose', 'model_providers.moose': provider }), ...everySetting(told)];
}

/** The settings of every session, however it reaches its model. */
export function everySetting({ servers, readsOwn }: CodexTold = { servers: [], readsOwn: true }): string[] {
  return options({
    web_search: 'disabled',
    // A login shell sets its own search path.
    allow_login_shell: false,
    'shell_environment_policy.exclude': [keyVariable],
    'analytics.enabled': false,
    'otel.exporter': 'none',
    check_for_update_on_startup: false,
    ...(readsOwn ? {} : { project_doc_max_bytes: 0 }),
    ...Object.fromEntries(servers.map((server) => [`mcp_servers.${server.name}`, describe(server)])),
    ...Object.fromEntries(switchedOff.map((feature) => [`features.${feature}`, false])),
  });
}

function options(settings: Record<string, unknown>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${toml(value)}`]);
}

function describe({ command, args, env }: AgentServer): object {
  const limits = { startup_timeout_sec: serverStartMs / 1_000, tool_timeout_sec: serverCallMs / 1_000 };
  return { command, args, env, ...limits };
}

/** Long enough for a model that thinks before its first word. */
const streamIdleMs = 300_000;

/** The value in TOML syntax; JSON strings are valid TOML. */
function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${name} = ${toml(each)}`)
    .join(', ')}}`;
}
