// The environment variables that `src/config.ts` reads, each with its default as the reader itself gives it.
// A variable that is read and not told of here, or told of and not read, is a failure of the check.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, readConfig } from '../../src/config.ts';
import { isNode, type Node, nameOf, nodesOf, stringOf } from '../../test/source-files.ts';
import { markdownTable } from './markdown-table.ts';

interface Variable {
  means: string;
  /** The default, in words, or where the value shows in the configuration. */
  usual: string | ((config: Config) => string | number | boolean);
}

const variables: Readonly<Record<string, Variable>> = {
  MOOSE_DATA: { means: 'where Moose keeps its state; `--data` goes before it', usual: '`~/.moose`' },
  DATABASE_URL: {
    means: 'a PostgreSQL server to use in place of the embedded one',
    usual: 'the embedded one',
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
      "whether an agent's only way out is the gateway: `auto` where the machine allows it, `require` or the agent does not start, `off`; `moose doctor` says what is possible",
    usual: ({ engine }) => engine.isolation,
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
    means: 'words, with commas between, that force the strongest model beside those that Moose knows',
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
    means: 'how much is logged on standard error, as JSON lines: `debug`, `info`, `warn`, …',
    usual: ({ logLevel }) => logLevel,
  },
  MOOSE_SCRIPTED_BASE_URL: {
    means: 'where the scripted model answers; `moose demo` sets it by itself',
    usual: 'none',
  },
  MOOSE_DIE_AT: {
    means: 'for crash tests: the process kills itself at this point, the n-th time: `applying:committed#3`',
    usual: 'never',
  },
};

const rootPath = fileURLToPath(new URL('../..', import.meta.url));

function programOf(title: string, command: string): Variable {
  return { means: `the path of the program of ${title}`, usual: `\`${command}\` on the \`PATH\`` };
}

export function environmentTable(): string {
  const read = namesRead();
  const passedOn = checkVariables();
  const untold = read.filter((name) => !Object.hasOwn(variables, name) && !passedOn.includes(name));
  const unread = Object.keys(variables).filter((name) => !read.includes(name));
  if (untold.length > 0)
    throw new Error(
      `src/config.ts reads ${untold.join(', ')}: say what it means in scripts/docs/settings-table.ts`,
    );
  if (unread.length > 0)
    throw new Error(
      `scripts/docs/settings-table.ts tells of ${unread.join(', ')}, which src/config.ts does not read`,
    );
  const defaults = readConfig({});
  const rows = Object.entries(variables).map(([name, { means, usual }]) => [
    `\`${name}\``,
    means,
    typeof usual === 'string' ? usual : `\`${usual(defaults)}\``,
  ]);
  return markdownTable(['variable', 'means', 'default'], rows);
}

/** What a project's checks are given of the environment, and nothing else. */
export function checkEnvironmentList(): string {
  return checkVariables()
    .map((name) => `\`${name}\``)
    .join(', ');
}

function checkVariables(): string[] {
  const declared = nodesIn('src/given-environments.ts').find(
    (node) => node.type === 'VariableDeclarator' && nameOf(node.id) === 'checkVariables',
  );
  const names = isNode(declared?.init) ? listOf(declared.init.elements).map(stringOf) : [];
  if (names.length === 0) throw new Error('src/given-environments.ts has no list of checkVariables');
  return names.filter((name) => name !== null);
}

/** `env.NAME`, `integer(env, 'NAME', …)` and `const { NAME } = env`. */
function namesRead(): string[] {
  const names = configNodes().flatMap((node) => {
    if (node.type === 'MemberExpression' && nameOf(node.object) === 'env')
      return [node.computed ? null : nameOf(node.property)];
    if (node.type === 'CallExpression' && ['integer', 'flag', 'oneOf'].includes(nameOf(node.callee) ?? ''))
      return [stringOf(listOf(node.arguments)[1])];
    const isTaken = node.type === 'VariableDeclarator' && nameOf(node.init) === 'env' && isNode(node.id);
    return isTaken && isNode(node.id)
      ? listOf(node.id.properties).map((property) => nameOf(property.key))
      : [];
  });
  return [...new Set(names.filter((name) => name !== null))];
}

function configNodes() {
  return nodesIn('src/config.ts');
}

function nodesIn(path: string) {
  return nodesOf({ path, text: readFileSync(join(rootPath, path), 'utf8') });
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
