// Every environment variable that Moose reads at startup and that nobody changes later: its meaning, its default, and
// how it is read. The variables of settings that people can change are in `src/engine/policy/settings/`.
import { checkNetworks } from '../../domain/machine/session.ts';
import { cloudVariables } from './cloud-variables.ts';
import { readPrices } from './env-prices.ts';
import { allowRules, headerName, oidcIssuer, proxyAddresses } from './env-sign-in.ts';
import { origin, port, previewUrl, slackPeople, webhookAddress } from './interface-settings.ts';
import { databaseUrl, flag, integer, labels, listed, logLevel, oneOf, waitMs } from './parse-env-values.ts';
import { traceVariables } from './trace-variables.ts';

export interface Variable<Value> {
  means: string;
  /** The default as shown in the reference. */
  default: string;
  /** A key, password or secret address: hidden from other processes. */
  isSecret?: true;
  /** `given` is empty if the variable is not set. @throws ConfigurationError */
  read(given: string, name: string): Value;
}

type Words = Pick<Variable<unknown>, 'means'> & { default?: string };

const asText = (given: string) => given || undefined;
const text = ({ means, default: fallback = 'none' }: Words): Variable<string | undefined> => ({
  means,
  default: fallback,
  read: asText,
});
const secret = <Value = string | undefined>(
  { means, default: fallback = 'none' }: Words,
  read: Variable<Value>['read'],
): Variable<Value> => ({ means, default: fallback, isSecret: true, read });
const wholeNumber = (fallback: number, means: string): Variable<number> => ({
  means,
  default: `\`${fallback}\``,
  read: (given, name) => integer(given, name, fallback),
});
const programOf = (title: string, command: string) =>
  text({ means: `the path of the program of ${title}`, default: `\`${command}\` on the \`PATH\`` });

const portDefault = 4317;
const previewPortDefault = 4318;
const bindDefault = '127.0.0.1';
const logLevelDefault = 'warn';
const scopeDefault = 'openid email';
const proxyHeaderDefault = 'X-Forwarded-Email';

export const variables = {
  MOOSE_DATA: text({
    means: 'where Moose keeps its state; `--data` takes precedence',
    default: '`~/.moose`',
  }),
  MOOSE_DATABASE_URL: secret(
    {
      means:
        "Moose's own PostgreSQL database, instead of the embedded one; Moose refuses one with another program's tables",
      default: 'the embedded one',
    },
    databaseUrl,
  ),
  MOOSE_URL: {
    means:
      'the address of a Moose on another machine, without a path: every command then works there, over HTTP, with the token in `MOOSE_TOKEN`; `--data` takes precedence',
    default: 'none: Moose works on this machine',
    read: origin,
  },
  MOOSE_ALLOW_HTTP: {
    means:
      'allows a `MOOSE_URL` that begins with `http://` and is not on this machine: anyone on the network path can read the token and what is sent',
    default: 'off',
    read: flag,
  },
  MOOSE_TOKEN: secret(
    { means: 'the token for `MOOSE_URL`, from `moose tokens create` on that machine' },
    asText,
  ),
  MOOSE_KEYS_FILE: text({
    means:
      'a file that only you can read (`chmod 600`), with lines of `NAME=VALUE` for the keys below: the safest place for them, because other programs that you start do not get them',
  }),
  MOOSE_SECRETS_KEY: secret(
    {
      means:
        "the key of the projects' variables, for a machine without the file `secrets.keys`; more than one with commas between them",
      default: '`DATA/secrets.keys`, made when the first variable is set',
    },
    asText,
  ),
  DATABASE_URL: secret(
    {
      means:
        'not used, because it usually names the database of another program. If that database is made for Moose, set `MOOSE_DATABASE_URL="$DATABASE_URL"`',
      default: 'not used',
    },
    asText,
  ),
  ANTHROPIC_API_KEY: secret({ means: "the key for Anthropic's models" }, asText),
  ANTHROPIC_BASE_URL: text({
    means: 'the address of the Anthropic API, without `/v1`',
    default: "Anthropic's own",
  }),
  OPENAI_API_KEY: secret({ means: "the key for OpenAI's models" }, asText),
  OPENAI_BASE_URL: text({ means: 'the address of the OpenAI API, with `/v1`', default: "OpenAI's own" }),
  GEMINI_API_KEY: secret({ means: "the key for Google's Gemini models" }, asText),
  GEMINI_BASE_URL: text({ means: 'the address of the Gemini API, with `/v1beta`', default: "Google's own" }),
  OPENAI_COMPATIBLE_BASE_URL: text({
    means: 'a server that speaks OpenAI Chat Completions, with `/v1`; its models are `compatible/NAME`',
  }),
  OPENAI_COMPATIBLE_API_KEY: secret({ means: 'its key, if it needs one' }, asText),
  ...cloudVariables,
  ...traceVariables,
  MOOSE_KEEP_BODIES: {
    means: 'keeps the request and the answer of each model call, without secrets',
    default: 'off',
    read: flag,
  },
  MOOSE_CHECK_NETWORK: {
    means:
      'which isolated checks have a network (see `MOOSE_EGRESS`): `setup`, `all` or `none`. `setup` means checks of the kind `setup`, and build tools that fetch dependencies themselves if no setup check does it for them. All other checks have only a loopback interface',
    default: `\`${checkNetworks[0]}\``,
    read: (given: string, name: string) => oneOf(given, name, checkNetworks),
  },
  MOOSE_SANDBOX_PATHS: {
    means:
      'additional paths that isolated agents and checks can read: absolute paths, separated by commas. `:rw` after a path also allows writing, as in `~/.m2:rw,/srv/fixtures`',
    default: 'none',
    read: listed,
  },
  MOOSE_CHECK_VARIABLES: {
    means:
      'additional environment variables that Moose passes on to checks, by name, separated by commas; agents do not get them',
    default: 'none',
    read: listed,
  },
  MOOSE_PRICES: {
    means:
      'prices of models, added to the built-in prices or in place of them: `provider/model=IN:OUT[:FROM_CACHE[:TO_CACHE[:TO_CACHE_1H]]][+FEE][@CONTEXT],…`, in dollars per million tokens; FEE is in dollars per call',
    default: 'none',
    read: readPrices,
  },
  MOOSE_MODELS: {
    means:
      'the models to ask, as `light,standard,strong`, each `provider/model`; a missing one defaults to the one before it',
    default: 'the default models of the providers that have a key',
    read: listed,
  },
  MOOSE_CLAUDE_PATH: programOf('Claude Code', 'claude'),
  MOOSE_CODEX_PATH: programOf('Codex', 'codex'),
  MOOSE_OPENCODE_PATH: programOf('OpenCode', 'opencode'),
  MOOSE_GEMINI_PATH: programOf('Gemini CLI', 'gemini'),
  MOOSE_QWEN_PATH: programOf('Qwen Code', 'qwen'),
  MOOSE_PI_PATH: programOf('pi', 'pi'),
  MOOSE_AIDER_PATH: programOf('Aider', 'aider'),
  MOOSE_ACP_AGENTS: text({
    means:
      'a JSON file with more agents, which speak the Agent Client Protocol ([agents](agents.md#agents-by-protocol))',
    default: 'none',
  }),
  MOOSE_LABELS: {
    means:
      'the labels of this machine, `KEY=VALUE`, separated by commas: its workers also run work that needs them; `--label` of `moose up` and `moose worker` adds more',
    default: 'none',
    read: labels,
  },
  MOOSE_DRAIN: {
    means:
      'how long `moose up` and `moose worker` let the steps in progress finish after SIGTERM or Ctrl-C: `90s`, `10m`; `--drain` takes precedence',
    default: '`0`: they stop at once, and running sessions wait for the next Moose on the machine',
    read: waitMs,
  },
  MOOSE_RUNS_MAX: wholeNumber(64, 'how many runs one process works on at the same time'),
  MOOSE_PORT: {
    means: 'the port of the HTTP interface; `moose up --port` takes precedence, and 0 is any free port',
    default: `\`${portDefault}\``,
    read: (given: string) => port(given, portDefault),
  },
  MOOSE_BIND: {
    means:
      'the address that the HTTP interface listens on; beyond loopback, put a reverse proxy with TLS in front of it',
    default: `\`${bindDefault}\``,
    read: (given: string) => given || bindDefault,
  },
  MOOSE_BASE_URL: {
    means:
      'the address by which people and GitHub reach the HTTP interface, without a path; it is allowed in addition to loopback, and used in links',
    default: 'none',
    read: origin,
  },
  MOOSE_PREVIEW_URL: {
    means:
      'where people look at the services of work orders through Moose ([previews](../guide/previews.md)), with `*` in place of the first part of the host name, as in `https://*.preview.example.org`: each preview has a host name of its own',
    default: 'none: previews are off',
    read: previewUrl,
  },
  MOOSE_PREVIEW_PORT: {
    means: 'the port that `moose up` serves previews on; nothing else is served there',
    default: `\`${previewPortDefault}\``,
    read: (given: string, name: string) => port(given, previewPortDefault, name),
  },
  MOOSE_PREVIEW_BIND: {
    means:
      'the address that previews are served on; beyond loopback, put a reverse proxy with TLS in front of it',
    default: `\`${bindDefault}\``,
    read: (given: string) => given || bindDefault,
  },
  MOOSE_OIDC_ISSUER: {
    means:
      'the issuer of an OpenID Connect provider where people sign in, as in `https://login.example.org`; register `MOOSE_BASE_URL` with `/api/session/oidc/callback` after it there',
    default: 'none: people sign in with tokens',
    read: oidcIssuer,
  },
  MOOSE_OIDC_CLIENT_ID: text({ means: 'the ID of Moose at this provider' }),
  MOOSE_OIDC_CLIENT_SECRET: secret(
    { means: 'the client secret of Moose at this provider, unless Moose is a public client' },
    asText,
  ),
  MOOSE_OIDC_SCOPE: {
    means: 'what Moose asks the provider for; a group in `MOOSE_SIGN_IN_ALLOW` may need one more word',
    default: `\`${scopeDefault}\``,
    read: (given: string) => given || scopeDefault,
  },
  MOOSE_SIGN_IN_ALLOW: {
    means:
      'who may sign in at the provider or the proxy, and with which role: `ada@example.org=admin,group:dev=operator,@example.org`; the first match counts, and without a role it is viewer',
    default: 'nobody',
    read: allowRules,
  },
  MOOSE_PROXY_ADDRESSES: {
    means:
      'the addresses from which a reverse proxy connects that signs people in, separated by commas, as in `10.0.0.5,10.1.0.0/24`; from any other address its header is ignored',
    default: 'none',
    read: proxyAddresses,
  },
  MOOSE_PROXY_HEADER: {
    means:
      'the header in which that proxy writes the email address; the proxy must remove it from what it receives',
    default: `\`${proxyHeaderDefault}\``,
    read: (given: string, name: string) => headerName(given, name, proxyHeaderDefault),
  },
  MOOSE_TRUSTED_PROXIES: {
    means:
      'the addresses from which reverse proxies connect that write `X-Forwarded-For`, as in `10.0.0.5,10.1.0.0/24`: limits for one address then apply to the last address in it that is not one of these; from any other address the header is ignored',
    default: 'none: all clients behind a proxy share one limit',
    read: proxyAddresses,
  },
  MOOSE_SLACK_WEBHOOK_URL: secret(
    { means: 'an incoming webhook of Slack, for questions, alerts and the daily summary' },
    webhookAddress,
  ),
  MOOSE_SLACK_SIGNING_SECRET: secret(
    {
      means:
        'the signing secret of the Slack app: questions in Slack then have buttons, which Slack sends to `MOOSE_BASE_URL` with `/api/slack/actions` after it',
      default: 'none: messages have no buttons',
    },
    asText,
  ),
  MOOSE_SLACK_PEOPLE: {
    means:
      'who may press the buttons in Slack: `U012AB3CD=ada@example.org,…`, with the ID of the Slack user and the name of the person in Moose, whose role applies',
    default: 'nobody',
    read: slackPeople,
  },
  MOOSE_DISCORD_WEBHOOK_URL: secret({ means: 'a Discord webhook for the same messages' }, webhookAddress),
  MOOSE_WEBHOOK_URL: secret({ means: 'an address for the same messages as JSON' }, webhookAddress),
  MOOSE_WEBHOOK_SECRET: secret(
    {
      means:
        'signs what is sent there: `X-Moose-Signature` is `sha256=` and the HMAC-SHA256 of `TIMESTAMP.BODY`, with the time in `X-Moose-Timestamp`',
    },
    asText,
  ),
  MOOSE_GITHUB_WEBHOOK_SECRET: secret(
    {
      means:
        "the secret of the repository's webhook to `/api/sentinel`; without it, Moose accepts no webhook",
    },
    asText,
  ),
  MOOSE_ACTOR: text({ means: 'the name that your actions are recorded under', default: "the user's name" }),
  MOOSE_LOG_LEVEL: {
    means:
      'how much is logged on standard error: `debug`, `info`, `warn`, …; as JSON lines, or in words on a terminal. If it is not set, commands log only errors; servers and workers also log warnings. `DATA/logs/moose.jsonl` has everything at `info` and above',
    default: `\`${logLevelDefault}\``,
    read: (given: string) => logLevel(given || logLevelDefault),
  },
  MOOSE_SCRIPTED_BASE_URL: text({ means: 'the address of the scripted model; `moose demo` sets it itself' }),
  INIT_CWD: text({
    means:
      'set by npm, and read only under `npm run moose`: the folder that you called npm from. Relative paths start there, including the path of `run --repo`',
    default: 'the current folder',
  }),
  npm_lifecycle_event: text({
    means:
      'set by npm: the name of its script, by which Moose knows whether it was started with `npm run moose` or `npx`',
  }),
  MOOSE_DIE_AT: text({
    means:
      'for crash tests: the process kills itself at this point, the n-th time: `applying:committed#3`; with `@SIGSTOP` it freezes instead. An absolute path names a file that contains the point, which then counts once',
    default: 'never',
  }),
} satisfies Readonly<Record<string, Variable<unknown>>>;

type Variables = typeof variables;
export type VariableName = keyof Variables;
type ValueOf<Name extends VariableName> = ReturnType<Variables[Name]['read']>;

type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as not set. @throws ConfigurationError `SETTING_INVALID`, which says what to write */
export function readVariable<Name extends VariableName>(env: Environment, name: Name): ValueOf<Name> {
  const { read }: Variable<unknown> = variables[name];
  return read(env[name] ?? '', name) as ValueOf<Name>;
}

export const secretNames: readonly string[] = Object.entries<Variable<unknown>>(variables)
  .filter(([, { isSecret }]) => isSecret)
  .map(([name]) => name);

/** Tokens and secrets of forges have names that a person chooses. */
export const forgeSecretPrefix = 'MOOSE_FORGE_';

export function isSecretName(name: string): boolean {
  return secretNames.includes(name) || /^MOOSE_FORGE_[A-Z0-9_]{1,100}$/.test(name);
}
