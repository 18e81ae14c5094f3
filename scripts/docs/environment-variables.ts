// What each environment variable means that `src/app/config/config.ts` reads.
import type { Config } from '../../src/app/config/config.ts';

interface Variable {
  means: string;
  /** The default, in words, or where the value shows in the configuration. */
  usual: string | ((config: Config) => string | number | boolean);
}

export const variables: Readonly<Record<string, Variable>> = {
  MOOSE_DATA: { means: 'where Moose keeps its state; `--data` goes before it', usual: '`~/.moose`' },
  MOOSE_DATABASE_URL: {
    means:
      "Moose's own PostgreSQL database, in place of the embedded one; one with another program's tables is refused",
    usual: 'the embedded one',
  },
  MOOSE_KEYS_FILE: {
    means:
      'a file that only you can read (`chmod 600`), with lines of `NAME=VALUE` for the keys below: the safest place for them, as other programs that you start do not get them',
    usual: 'none',
  },
  DATABASE_URL: {
    means:
      'not used: it is the database of another program as a rule. Set `MOOSE_DATABASE_URL="$DATABASE_URL"` where it is made for Moose',
    usual: 'not used',
  },
  ANTHROPIC_API_KEY: {
    means: "the key for Anthropic's models",
    usual: 'none',
  },
  ANTHROPIC_BASE_URL: {
    means: 'where they answer, without `/v1`',
    usual: "Anthropic's own",
  },
  OPENAI_API_KEY: { means: "the key for OpenAI's models", usual: 'none' },
  OPENAI_BASE_URL: { means: 'where they answer, with `/v1`', usual: "OpenAI's own" },
  GEMINI_API_KEY: { means: "the key for Google's Gemini models", usual: 'none' },
  GEMINI_BASE_URL: { means: 'where they answer, with `/v1beta`', usual: "Google's own" },
  OPENAI_COMPATIBLE_BASE_URL: {
    means: 'a server that speaks OpenAI Chat Completions, with `/v1`; its models are `compatible/NAME`',
    usual: 'none',
  },
  OPENAI_COMPATIBLE_API_KEY: { means: 'its key, where it wants one', usual: 'none' },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    means: 'where traces are told over OTLP (HTTP); what else the standard variables say holds too',
    usual: 'none: no traces are told',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: { means: 'the same, for traces alone', usual: 'none' },
  OTEL_SDK_DISABLED: { means: '`true`: no traces are told', usual: 'not set' },
  OTEL_TRACES_EXPORTER: { means: '`none`: no traces are told', usual: 'not set' },
  MOOSE_KEEP_BODIES: {
    means: 'keeps what was asked and answered with each model call, without secrets',
    usual: 'off',
  },
  MOOSE_ISOLATION: {
    means:
      'whether agents and checks see nothing but their worktree, a home of their own and the installed tools, and reach no network but the gateway: `auto` as far as the machine allows, `require` (or `required`) refuses to start them below that, `off`; `moose doctor` says what is possible',
    usual: ({ engine }) => engine.isolation,
  },
  MOOSE_CHECK_NETWORK: {
    means:
      'which isolated checks use the network of the machine: `setup` those that install (kind `setup`) and build tools that fetch dependencies by themselves where no check installs, `all`, or `none`; the others have a loopback of their own',
    usual: ({ engine }) => engine.checkNetwork,
  },
  MOOSE_SANDBOX_PATHS: {
    means:
      'what isolated agents and checks see in addition: absolute paths with commas between, for reading, or with `:rw` behind for writing, as in `~/.m2:rw,/srv/fixtures`',
    usual: 'none',
  },
  MOOSE_AGENT_ENVELOPE_USD: {
    means: 'what is set aside at least for a run whose agent calls models itself, in dollars',
    usual: '`1`',
  },
  MOOSE_IDLE_MS: {
    means: 'an agent that calls no model for so long is stopped',
    usual: ({ engine }) => engine.idleMsMax,
  },
  MOOSE_HARD_STOP_WORDS: {
    means: 'further words that force the strongest model, by commas; `-word` takes a known one away',
    usual: 'none',
  },
  MOOSE_PRICES: {
    means:
      'what models cost that Moose has no price for, or another one: `provider/model=IN:OUT[:FROM_CACHE[:TO_CACHE[:TO_CACHE_1H]]][@CONTEXT],…`, in dollars per million tokens',
    usual: 'none',
  },
  MOOSE_MODELS: {
    means:
      'the models to ask, as `light,standard,strong`, each `provider/model`; a missing one is the one before it',
    usual: 'the usual models of the providers that have a key',
  },
  MOOSE_AGENT: {
    means: 'the agent of work orders that name none',
    usual: ({ engine }) => engine.defaultAgent,
  },
  MOOSE_FALLBACK_AGENTS: {
    means: 'the agents that take over, in turn, where the first one is not installed or keeps crashing',
    usual: 'none',
  },
  MOOSE_REVIEWER: {
    means: 'the model that reads every proposal before it is applied',
    usual: 'none',
  },
  MOOSE_RECOVERY_MS: {
    means: 'how long after its start a run may still be retried by itself',
    usual: ({ engine }) => engine.recoveryMsMax,
  },
  MOOSE_CIRCUIT_RECOVERY_MS: {
    means:
      'how long a circuit first stays open before a call probes what it shuts out; twice as long each time that fails',
    usual: ({ engine }) => engine.circuitRecoveryMs,
  },
  MOOSE_CIRCUIT_FAILURES: {
    means: 'how many failures within a minute open the circuit of a provider, model, forge or agent',
    usual: ({ engine }) => engine.circuitFailuresMax,
  },
  MOOSE_PAUSE_MS: {
    means: 'how long a run at least waits behind an open circuit, unless that closes earlier',
    usual: ({ engine }) => engine.pauseMsMin,
  },
  MOOSE_CLAUDE_PATH: programOf('Claude Code', 'claude'),
  MOOSE_CODEX_PATH: programOf('Codex', 'codex'),
  MOOSE_OPENCODE_PATH: programOf('OpenCode', 'opencode'),
  MOOSE_GEMINI_PATH: programOf('Gemini CLI', 'gemini'),
  MOOSE_QWEN_PATH: programOf('Qwen Code', 'qwen'),
  MOOSE_PI_PATH: programOf('pi', 'pi'),
  MOOSE_AIDER_PATH: programOf('Aider', 'aider'),
  MOOSE_MODEL_TIMEOUT_MS: {
    means: 'the most that one model call may take',
    usual: ({ engine }) => engine.modelTimeoutMs,
  },
  MOOSE_CHECK_TIME_LIMIT_MS: {
    means: 'the most that one check may take',
    usual: ({ engine }) => engine.checkTimeLimitMs,
  },
  MOOSE_CHECK_VARIABLES: {
    means:
      'further variables of its own environment that Moose hands on to checks, by commas; an agent sees none',
    usual: () => '',
  },
  MOOSE_SILENCE_MS: {
    means: 'an agent or a check that writes nothing for so long is stopped',
    usual: ({ engine }) => engine.silenceMsMax,
  },
  MOOSE_RUNS_MAX: { means: 'runs that one process carries at once', usual: ({ runsMax }) => runsMax },
  MOOSE_MACHINE_SLOTS: {
    means: 'agents and checks at once on one machine',
    usual: ({ engine }) => engine.machineSlotsMax,
  },
  MOOSE_PROJECT_SLOTS: {
    means: 'agents and checks at once for one project, over all machines',
    usual: ({ engine }) => engine.projectSlotsMax,
  },
  MOOSE_PROVIDER_SLOTS: {
    means: 'model calls at once to one provider, over all machines',
    usual: ({ engine }) => engine.providerSlotsMax,
  },
  MOOSE_STUCK_SHOWN_MS: {
    means: 'a work order that makes no progress for so long is shown as stuck',
    usual: ({ engine }) => engine.stuck.shownMs,
  },
  MOOSE_STUCK_ESCALATED_MS: {
    means: 'a work order that makes no progress for so long is put before a human, once',
    usual: ({ engine }) => engine.stuck.escalatedMs,
  },
  MOOSE_ESCALATION_REMIND_MS: {
    means:
      'a question that is open for so long is told of again; each later reminder comes after twice the time',
    usual: ({ engine }) => engine.escalation.remindAfterMs,
  },
  MOOSE_ESCALATION_DEFAULT_AFTER_MS: {
    means: 'a question that nobody answers in this time is answered by its default option',
    usual: 'never',
  },
  MOOSE_ESCALATION_DEFAULT_USD: {
    means: 'the most that an option may be expected to cost, in dollars, to be taken by default',
    usual: ({ engine }) => Number(engine.escalation.defaultCostNanoUsdMax) / 1e9,
  },
  MOOSE_PORT: {
    means: 'the port of the interface over HTTP; `moose up --port` goes before it, and 0 is any free one',
    usual: ({ faces }) => faces.port,
  },
  MOOSE_BIND: {
    means:
      'the address that the interface listens on; beyond loopback, put something in front that speaks TLS',
    usual: ({ faces }) => faces.bind,
  },
  MOOSE_BASE_URL: {
    means:
      'the address that people and GitHub reach the interface by, without a path; it is let in besides loopback, and stands in links',
    usual: 'none',
  },
  MOOSE_SLACK_WEBHOOK_URL: {
    means: 'an incoming webhook of Slack, where questions, alerts and the daily summary go',
    usual: 'none',
  },
  MOOSE_DISCORD_WEBHOOK_URL: { means: 'a webhook of a Discord channel, for the same', usual: 'none' },
  MOOSE_WEBHOOK_URL: { means: 'any address that takes JSON, for the same', usual: 'none' },
  MOOSE_WEBHOOK_SECRET: {
    means:
      'what is sent there is signed with it: `X-Moose-Signature` is `sha256=` and the HMAC-SHA256 of `TIMESTAMP.BODY`, with the time in `X-Moose-Timestamp`',
    usual: 'none',
  },
  MOOSE_GITHUB_WEBHOOK_SECRET: {
    means: "the secret of the repository's webhook to `/api/sentinel`; without one none is taken",
    usual: 'none',
  },
  MOOSE_POLL_MS: { means: 'how often the queue is looked at for new work', usual: ({ pollMs }) => pollMs },
  MOOSE_ACTOR: { means: 'the name under which your acts stand in the events', usual: "the user's name" },
  MOOSE_LOG_LEVEL: {
    means:
      'how much is logged on standard error: `debug`, `info`, `warn`, …; as JSON lines, or in words on a terminal. Left out, a command that ends shows errors only. `DATA/logs/moose.jsonl` has everything from `info` on',
    usual: ({ logLevel }) => logLevel,
  },
  MOOSE_SCRIPTED_BASE_URL: {
    means: 'where the scripted model answers; `moose demo` sets it by itself',
    usual: 'none',
  },
  INIT_CWD: {
    means:
      'set by npm, and read under `npm run moose` only: the folder that you called it from. Relative paths start there, also that of `run --repo`',
    usual: 'the current folder',
  },
  npm_lifecycle_event: {
    means:
      'set by npm: the name of its script, by which Moose knows that it was started with `npm run moose`',
    usual: 'none',
  },
  MOOSE_DIE_AT: {
    means:
      'for crash tests: the process kills itself at this point, the n-th time: `applying:committed#3`; with `@SIGSTOP` it stands still instead',
    usual: 'never',
  },
};

function programOf(title: string, command: string): Variable {
  return { means: `the path of the program of ${title}`, usual: `\`${command}\` on the \`PATH\`` };
}
