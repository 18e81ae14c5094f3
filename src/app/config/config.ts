// The only reader of the environment. It becomes one value, and nothing below reads it again.
import { homedir, hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '../../domain/failure.ts';
import { type KnownSecret, secretsOf } from '../../domain/secrets/known-secrets.ts';
import { checkNetworks } from '../../domain/session.ts';
import { defaultAssessmentPolicy, withWords } from '../../engine/policy/assessment-policy.ts';
import type { EngineSettings } from '../../engine/policy/engine-settings.ts';
import { usualSettings as usual } from '../../engine/settings/usual-settings.ts';
import { scriptedModels } from '../../models/prices.ts';
import type { ModelSettings } from '../../models/providers.ts';
import type { GivenPrice } from '../../store/money/model-prices.ts';
import { type FaceSettings, faceSettings } from './face-settings.ts';
import { checkEnvironment, programEnvironment } from './given-environments.ts';
import { givenPrices } from './given-prices.ts';
import {
  databaseUrl,
  dollars,
  flag,
  grantedPaths,
  integer,
  isolationWish,
  listed,
  logLevel,
  oneOf,
} from './given-values.ts';
import { type Environment, readKeysFile } from './own-environment.ts';

export interface Config {
  dataDirectory: string;
  /** Null: the embedded server is started. */
  databaseUrl: string | null;
  /** DATABASE_URL is set. It usually names the database of another program, so Moose does not use it. */
  ignoresDatabaseUrl: boolean;
  models: ModelSettings;
  /** In addition to the list. */
  prices: readonly GivenPrice[];
  engine: EngineSettings;
  /** The names of the variables that are set: they show where the value of a setting comes from. */
  given: ReadonlySet<string>;
  gateway: { keepsBodies: boolean };
  /** `traces`: the trace of each work order is exported over OTLP; set by the standard variables. */
  telemetry: { traces: boolean };
  /** The environment of Moose's own programs; it contains no key. */
  programEnvironment: Readonly<Record<string, string>>;
  faces: FaceSettings;
  /** The path of each agent's program, by the name of the agent; absent: found on the search path. */
  agentPaths: Readonly<Record<string, string | undefined>>;
  /** Runs that one process works on at the same time. */
  runsMax: number;
  pollMs: number;
  actor: string;
  logLevel: string;
  /** The form of the log on stderr: for programs or for people. */
  logForm: 'json' | 'words';
  /** Keys, tokens and passwords from the environment, which must not appear in any text. */
  secrets: readonly KnownSecret[];
  /** `step:what[#n]`: the process kills itself there, the n-th time; only for crash tests. */
  dieAt: string | null;
}

export function readConfig(
  environment: Environment = process.env,
  flags: { data?: string | undefined } = {},
): Config {
  const env = withKeysFile(environment);
  const dataDirectory = resolve(flags.data || env.MOOSE_DATA || join(homedir(), '.moose'));
  const models = modelSettings(env);
  return {
    dataDirectory,
    databaseUrl: databaseUrl(env.MOOSE_DATABASE_URL),
    ignoresDatabaseUrl: Boolean(env.DATABASE_URL) && env.DATABASE_URL !== env.MOOSE_DATABASE_URL,
    models,
    prices: givenPrices(env.MOOSE_PRICES),
    engine: engineSettings(env, dataDirectory, models),
    given: new Set(Object.keys(env).filter((name) => env[name])),
    gateway: { keepsBodies: flag(env, 'MOOSE_KEEP_BODIES') },
    telemetry: { traces: tellsTraces(env) },
    programEnvironment: programEnvironment(env),
    faces: faceSettings({
      port: env.MOOSE_PORT,
      bind: env.MOOSE_BIND,
      baseUrl: env.MOOSE_BASE_URL,
      slackUrl: env.MOOSE_SLACK_WEBHOOK_URL,
      discordUrl: env.MOOSE_DISCORD_WEBHOOK_URL,
      webhookUrl: env.MOOSE_WEBHOOK_URL,
      webhookSecret: env.MOOSE_WEBHOOK_SECRET,
      githubSecret: env.MOOSE_GITHUB_WEBHOOK_SECRET,
    }),
    agentPaths: {
      'claude-code': env.MOOSE_CLAUDE_PATH || undefined,
      codex: env.MOOSE_CODEX_PATH || undefined,
      opencode: env.MOOSE_OPENCODE_PATH || undefined,
      'gemini-cli': env.MOOSE_GEMINI_PATH || undefined,
      'qwen-code': env.MOOSE_QWEN_PATH || undefined,
      pi: env.MOOSE_PI_PATH || undefined,
      aider: env.MOOSE_AIDER_PATH || undefined,
    },
    runsMax: integer(env, 'MOOSE_RUNS_MAX', 64),
    pollMs: integer(env, 'MOOSE_POLL_MS', 50),
    actor: `human:${env.MOOSE_ACTOR || userName()}`,
    logLevel: logLevel(env.MOOSE_LOG_LEVEL || 'warn'),
    logForm: 'json',
    secrets: secretsOf(env),
    dieAt: env.MOOSE_DIE_AT || null,
  };
}

/**
 * The folder that `npm run moose` was called from, which relative paths refer to: npm starts a script in the folder of its
 * package, which is Moose's own source. Null if this process is not that script, because every program that an npm script
 * starts inherits the variable.
 */
export function callersDirectory(env: Environment = process.env): string | null {
  return env.npm_lifecycle_event === 'moose' ? env.INIT_CWD || null : null;
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

/** The environment takes precedence over the file. */
function withKeysFile(env: Environment): Environment {
  return { ...readKeysFile(env.MOOSE_KEYS_FILE), ...env };
}

function modelSettings(env: Environment): ModelSettings {
  const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL } = env;
  const { OPENAI_COMPATIBLE_API_KEY, OPENAI_COMPATIBLE_BASE_URL, MOOSE_SCRIPTED_BASE_URL } = env;
  return {
    anthropic: {
      apiKey: ANTHROPIC_API_KEY,
      baseUrl: ANTHROPIC_BASE_URL ? `${ANTHROPIC_BASE_URL.replace(/\/(v1\/?)?$/, '')}/v1` : undefined,
    },
    openai: { apiKey: OPENAI_API_KEY, baseUrl: OPENAI_BASE_URL || undefined },
    gemini: { apiKey: env.GEMINI_API_KEY, baseUrl: env.GEMINI_BASE_URL || undefined },
    compatible: { apiKey: OPENAI_COMPATIBLE_API_KEY, baseUrl: OPENAI_COMPATIBLE_BASE_URL || undefined },
    ...(MOOSE_SCRIPTED_BASE_URL ? { scripted: { baseUrl: MOOSE_SCRIPTED_BASE_URL } } : {}),
  };
}

function engineSettings(env: Environment, dataDirectory: string, models: ModelSettings): EngineSettings {
  return {
    ...usual,
    dataDirectory,
    host: hostname(),
    models: modelLadder(env, models),
    defaultAgent: env.MOOSE_AGENT || usual.defaultAgent,
    assessment: withWords(
      defaultAssessmentPolicy,
      listed(env.MOOSE_HARD_STOP_WORDS).map((word) => word.toLowerCase()),
    ),
    agentEnvelopeNanoUsdMin: dollars('MOOSE_AGENT_ENVELOPE_USD', env.MOOSE_AGENT_ENVELOPE_USD, '1'),
    fallbackAgents: listed(env.MOOSE_FALLBACK_AGENTS),
    reviewer: env.MOOSE_REVIEWER || null,
    recoveryMsMax: integer(env, 'MOOSE_RECOVERY_MS', usual.recoveryMsMax),
    circuitRecoveryMs: integer(env, 'MOOSE_CIRCUIT_RECOVERY_MS', usual.circuitRecoveryMs),
    circuitFailuresMax: integer(env, 'MOOSE_CIRCUIT_FAILURES', usual.circuitFailuresMax),
    pauseMsMin: integer(env, 'MOOSE_PAUSE_MS', usual.pauseMsMin),
    machineSlotsMax: integer(env, 'MOOSE_MACHINE_SLOTS', usual.machineSlotsMax),
    projectSlotsMax: integer(env, 'MOOSE_PROJECT_SLOTS', usual.projectSlotsMax),
    providerSlotsMax: integer(env, 'MOOSE_PROVIDER_SLOTS', usual.providerSlotsMax),
    modelTimeoutMs: integer(env, 'MOOSE_MODEL_TIMEOUT_MS', usual.modelTimeoutMs),
    checkTimeLimitMs: integer(env, 'MOOSE_CHECK_TIME_LIMIT_MS', usual.checkTimeLimitMs),
    checkEnvironment: checkEnvironment(env, listed(env.MOOSE_CHECK_VARIABLES)),
    silenceMsMax: integer(env, 'MOOSE_SILENCE_MS', usual.silenceMsMax),
    idleMsMax: integer(env, 'MOOSE_IDLE_MS', usual.idleMsMax),
    isolation: isolationWish(env.MOOSE_ISOLATION),
    checkNetwork: oneOf(env, 'MOOSE_CHECK_NETWORK', checkNetworks),
    grantedPaths: grantedPaths(env.MOOSE_SANDBOX_PATHS, env.HOME),
    stuck: {
      shownMs: integer(env, 'MOOSE_STUCK_SHOWN_MS', usual.stuck.shownMs),
      escalatedMs: integer(env, 'MOOSE_STUCK_ESCALATED_MS', usual.stuck.escalatedMs),
    },
    escalation: escalationSettings(env),
  };
}

function escalationSettings(env: Environment): EngineSettings['escalation'] {
  const defaultAfterMs = integer(env, 'MOOSE_ESCALATION_DEFAULT_AFTER_MS', 0);
  return {
    ...usual.escalation,
    remindAfterMs: integer(env, 'MOOSE_ESCALATION_REMIND_MS', usual.escalation.remindAfterMs),
    defaultAfterMs: defaultAfterMs === 0 ? null : defaultAfterMs,
    defaultCostNanoUsdMax: dollars('MOOSE_ESCALATION_DEFAULT_USD', env.MOOSE_ESCALATION_DEFAULT_USD, '0'),
  };
}

/** Given as `MOOSE_MODELS=light,standard,strong`; by default, the models of the providers that have a key. */
function modelLadder(env: Environment, models: ModelSettings): EngineSettings['models'] {
  const given = (env.MOOSE_MODELS ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (given.length > 3) {
    throw new ConfigurationError({
      code: 'SETTING_INVALID',
      component: 'config',
      operation: 'read',
      message: `MOOSE_MODELS names ${given.length} models, but there are only three tiers: light, standard and strong.`,
      advice: 'Name one, two or three models, the strongest last.',
    });
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
    // The user id has no name, as in many containers.
    return 'unknown';
  }
}

/** Follows OpenTelemetry's own variables; the exporter reads its address and headers itself. */
function tellsTraces(env: Environment): boolean {
  const address = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return Boolean(address) && env.OTEL_SDK_DISABLED !== 'true' && env.OTEL_TRACES_EXPORTER !== 'none';
}
