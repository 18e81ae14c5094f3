// The only reader of the environment: it turns it into one value, and no other code reads it again.

import { hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { type KnownSecret, secretsOf } from '../../domain/secrets/known-secrets.ts';
import type { EngineSettings } from '../../engine/policy/engine-settings.ts';
import { scriptedModels } from '../../models/prices.ts';
import type { ModelSettings } from '../../models/providers.ts';
import { packageName } from '../../stdx/files/own-files.ts';
import { type ForwardProxy, forwardProxyIn } from '../../stdx/http/forward-proxy.ts';
import type { PriceOfEnv } from '../../store/money/model-prices.ts';
import { appFailures } from '../failure-catalogue.ts';
import { checkEnvironment, programEnvironment } from './child-environments.ts';
import { cloudSettings } from './cloud-settings.ts';
import { readEnvSettings } from './env-settings.ts';
import { signInElsewhere } from './env-sign-in.ts';
import { homeDirectory } from './home-directory.ts';
import type { InterfaceSettings } from './interface-settings.ts';
import { type Environment, readKeysFile } from './own-environment.ts';
import { grantedPaths } from './parse-env-values.ts';
import { readVariable, type VariableName } from './variables.ts';

export interface Config {
  dataDirectory: string;
  /** The encryption key of the projects' variables, if it is given here in addition to the key file. */
  secretsKey: string | null;
  /** Null to start the embedded server. */
  databaseUrl: string | null;
  /** True if DATABASE_URL is set. It usually names another program's database, so Moose ignores it. */
  ignoresDatabaseUrl: boolean;
  models: ModelSettings;
  /** Prices in addition to the built-in list. */
  prices: readonly PriceOfEnv[];
  engine: EngineSettings;
  /** The names of the variables that are set: they show where the value of a setting comes from. */
  given: ReadonlySet<string>;
  gateway: { keepsBodies: boolean };
  /** `traces`: the trace of each work order is exported over OTLP; set by the standard variables. */
  telemetry: { traces: boolean };
  /** The environment of Moose's own programs; it contains no key. */
  programEnvironment: Readonly<Record<string, string>>;
  /** Through which providers of models are called. */
  proxy: ForwardProxy;
  interfaces: InterfaceSettings;
  /** The path of each agent's program, by agent name; without an entry, the program is found on the search path. */
  agentPaths: Readonly<Record<string, string | undefined>>;
  /** The file with the agents that speak the Agent Client Protocol. */
  acpAgentsPath: string | null;
  /** Maximum number of runs that one process works on concurrently. */
  runsMax: number;
  /** How long steps in progress may continue after a signal to stop. */
  drainMs: number;
  /** The labels of this machine: its workers do work that needs them. */
  labels: readonly string[];
  actor: string;
  logLevel: string;
  /** The form of the log on stderr: for programs or for people. */
  logForm: 'json' | 'words';
  /** Keys, tokens and passwords from the environment, which must not appear in any text. */
  secrets: readonly KnownSecret[];
  /** Reads a variable that a forge's credential names, such as `MOOSE_FORGE_TOKEN`. */
  readSecretVariable(name: string): string | undefined;
  /** `step:what[#n]`: the process kills itself at that point, the n-th time it gets there; only for crash tests. */
  dieAt: string | null;
}

export function readConfig(
  environment: Environment = process.env,
  flags: { data?: string | undefined } = {},
): Config {
  const env = withKeysFile(environment);
  const read = <Name extends VariableName>(name: Name) => readVariable(env, name);
  const dataDirectory = resolve(flags.data || read('MOOSE_DATA') || join(homeDirectory(), '.moose'));
  const models = modelSettings(env);
  const otherDatabase = read('DATABASE_URL');
  return {
    dataDirectory,
    databaseUrl: read('MOOSE_DATABASE_URL'),
    secretsKey: read('MOOSE_SECRETS_KEY') ?? null,
    ignoresDatabaseUrl: otherDatabase !== undefined && otherDatabase !== read('MOOSE_DATABASE_URL'),
    models,
    prices: read('MOOSE_PRICES'),
    engine: engineSettings(env, dataDirectory, models),
    given: new Set(Object.keys(env).filter((name) => env[name])),
    gateway: { keepsBodies: read('MOOSE_KEEP_BODIES') },
    telemetry: { traces: exportsTraces(env) },
    programEnvironment: programEnvironment(env),
    proxy: forwardProxyIn(env),
    interfaces: interfaceSettings(env),
    agentPaths: {
      'claude-code': read('MOOSE_CLAUDE_PATH'),
      codex: read('MOOSE_CODEX_PATH'),
      opencode: read('MOOSE_OPENCODE_PATH'),
      'gemini-cli': read('MOOSE_GEMINI_PATH'),
      'qwen-code': read('MOOSE_QWEN_PATH'),
      pi: read('MOOSE_PI_PATH'),
      aider: read('MOOSE_AIDER_PATH'),
    },
    acpAgentsPath: read('MOOSE_ACP_AGENTS') ?? null,
    runsMax: read('MOOSE_RUNS_MAX'),
    drainMs: read('MOOSE_DRAIN'),
    labels: read('MOOSE_LABELS'),
    actor: `human:${read('MOOSE_ACTOR') ?? userName()}`,
    logLevel: read('MOOSE_LOG_LEVEL'),
    logForm: 'json',
    secrets: secretsOf(env),
    readSecretVariable: (name) => env[name],
    dieAt: read('MOOSE_DIE_AT') ?? null,
  };
}

/**
 * The folder from which `npm run moose` was called; relative paths refer to it. npm itself starts a script in the
 * folder of its package, which is Moose's source. Null if this process is not that script: every program that an npm
 * script starts inherits the variable.
 */
export function callersDirectory(env: Environment = process.env): string | null {
  const isScript = readVariable(env, 'npm_lifecycle_event') === 'moose';
  return isScript ? (readVariable(env, 'INIT_CWD') ?? null) : null;
}

/** How the person called this process, for commands that Moose shows to be copied. */
export function calledAs(env: Environment = process.env): string {
  const event = readVariable(env, 'npm_lifecycle_event');
  if (event === 'moose') return 'npm run moose --';
  return event === 'npx' ? `npx ${packageName}` : 'moose';
}

/** Makes Moose use only the scripted provider, on its own database. */
export function scriptedEnvironment(scriptedBaseUrl: string): Environment {
  return {
    MOOSE_DATABASE_URL: undefined,
    MOOSE_MODELS: Object.values(scriptedModels).join(','),
    MOOSE_SCRIPTED_BASE_URL: scriptedBaseUrl,
    MOOSE_AGENT: 'patch',
  };
}

/**
 * The server that `MOOSE_URL` names; null if Moose works on this machine, as it does with `--data`.
 * @throws ConfigurationError `SETTING_INVALID`, `MOOSE_TOKEN_MISSING`
 */
export function serverOf(
  given: Environment,
  flags: { data?: string | undefined },
): { url: string; token: string } | null {
  const url = flags.data === undefined ? readVariable(given, 'MOOSE_URL') : null;
  if (url === null) return null;
  if (isReadable(url) && !readVariable(given, 'MOOSE_ALLOW_HTTP')) throw unencrypted(url);
  const token = readVariable(withKeysFile(given), 'MOOSE_TOKEN');
  if (token !== undefined) return { url, token };
  throw appFailures.MOOSE_TOKEN_MISSING('read');
}

/** Whether others could read what is sent to this address, and the token with it. */
function isReadable(url: string): boolean {
  const { protocol, hostname: host } = new URL(url);
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host);
}

function unencrypted(url: string): ConfigurationError {
  return appFailures.MOOSE_URL_UNENCRYPTED('read', { url });
}

/** The environment takes precedence over the file. */
function withKeysFile(env: Environment): Environment {
  return { ...readKeysFile(readVariable(env, 'MOOSE_KEYS_FILE')), ...env };
}

function modelSettings(env: Environment): ModelSettings {
  const read = <Name extends VariableName>(name: Name) => readVariable(env, name);
  const anthropicUrl = read('ANTHROPIC_BASE_URL');
  const scriptedUrl = read('MOOSE_SCRIPTED_BASE_URL');
  return {
    anthropic: {
      apiKey: read('ANTHROPIC_API_KEY'),
      baseUrl: anthropicUrl && `${anthropicUrl.replace(/\/(v1\/?)?$/, '')}/v1`,
    },
    openai: { apiKey: read('OPENAI_API_KEY'), baseUrl: read('OPENAI_BASE_URL') },
    gemini: { apiKey: read('GEMINI_API_KEY'), baseUrl: read('GEMINI_BASE_URL') },
    compatible: {
      apiKey: read('OPENAI_COMPATIBLE_API_KEY'),
      baseUrl: read('OPENAI_COMPATIBLE_BASE_URL'),
    },
    ...cloudSettings(env),
    ...(scriptedUrl ? { scripted: { baseUrl: scriptedUrl } } : {}),
  };
}

function engineSettings(env: Environment, dataDirectory: string, models: ModelSettings): EngineSettings {
  return {
    ...readEnvSettings(env),
    dataDirectory,
    host: hostname(),
    models: modelLadder(readVariable(env, 'MOOSE_MODELS'), models),
    checkEnvironment: checkEnvironment(env, readVariable(env, 'MOOSE_CHECK_VARIABLES')),
    checkNetwork: readVariable(env, 'MOOSE_CHECK_NETWORK'),
    grantedPaths: grantedPaths(readVariable(env, 'MOOSE_SANDBOX_PATHS'), env.HOME),
  };
}

function interfaceSettings(env: Environment): InterfaceSettings {
  const read = <Name extends VariableName>(name: Name) => readVariable(env, name);
  return {
    port: read('MOOSE_PORT'),
    bind: read('MOOSE_BIND'),
    baseUrl: read('MOOSE_BASE_URL'),
    previews: previewSettings(env),
    slackUrl: read('MOOSE_SLACK_WEBHOOK_URL'),
    slack: slackSettings(env),
    discordUrl: read('MOOSE_DISCORD_WEBHOOK_URL'),
    webhookUrl: read('MOOSE_WEBHOOK_URL'),
    webhookSecret: read('MOOSE_WEBHOOK_SECRET') ?? null,
    githubSecret: read('MOOSE_GITHUB_WEBHOOK_SECRET') ?? null,
    trustedProxies: read('MOOSE_TRUSTED_PROXIES'),
    signIn: signInElsewhere({
      issuer: read('MOOSE_OIDC_ISSUER'),
      clientId: read('MOOSE_OIDC_CLIENT_ID'),
      clientSecret: read('MOOSE_OIDC_CLIENT_SECRET'),
      scope: read('MOOSE_OIDC_SCOPE'),
      proxyAddresses: read('MOOSE_PROXY_ADDRESSES'),
      proxyHeader: read('MOOSE_PROXY_HEADER'),
      allow: read('MOOSE_SIGN_IN_ALLOW'),
    }),
  };
}

function previewSettings(env: Environment): InterfaceSettings['previews'] {
  const pattern = readVariable(env, 'MOOSE_PREVIEW_URL');
  if (pattern === null) return null;
  const port = readVariable(env, 'MOOSE_PREVIEW_PORT');
  return { pattern, port, bind: readVariable(env, 'MOOSE_PREVIEW_BIND') };
}

function slackSettings(env: Environment): InterfaceSettings['slack'] {
  const people = readVariable(env, 'MOOSE_SLACK_PEOPLE');
  const signingSecret = readVariable(env, 'MOOSE_SLACK_SIGNING_SECRET');
  return signingSecret === undefined ? null : { signingSecret, people };
}

/** The models set by `MOOSE_MODELS=light,standard,strong`; by default, those of the providers that have a key. */
function modelLadder(given: readonly string[], models: ModelSettings): EngineSettings['models'] {
  if (given.length > 3) {
    throw appFailures.SETTING_INVALID_TIERS('read', { givenCount: given.length });
  }
  if (given.length > 0) {
    const [light = '', standard = light, strong = standard] = given;
    return { light: [light], standard: [standard], strong: [strong] };
  }
  const ladder: EngineSettings['models'] = { light: [], standard: [], strong: [] };
  const offer = (light: string, standard: string, strong: string) => {
    ladder.light.push(light);
    ladder.standard.push(standard);
    ladder.strong.push(strong);
  };
  if (models.scripted) offer(scriptedModels.light, scriptedModels.standard, scriptedModels.strong);
  if (models.anthropic?.apiKey)
    offer('anthropic/claude-haiku-4-5', 'anthropic/claude-sonnet-5', 'anthropic/claude-opus-5-5');
  if (models.openai?.apiKey) offer('openai/gpt-5-mini', 'openai/gpt-5.1', 'openai/gpt-5.5');
  if (models.gemini?.apiKey)
    offer('gemini/gemini-3.5-flash-lite', 'gemini/gemini-3.8-flash', 'gemini/gemini-3.1-pro-preview');
  return ladder;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // The user ID has no name, as in many containers.
    return 'unknown';
  }
}

/** Follows OpenTelemetry's own variables; the exporter itself reads its address and headers from them. */
function exportsTraces(env: Environment): boolean {
  const address =
    readVariable(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ??
    readVariable(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const isOff =
    readVariable(env, 'OTEL_SDK_DISABLED') === 'true' || readVariable(env, 'OTEL_TRACES_EXPORTER') === 'none';
  return address !== undefined && !isOff;
}
