// A failed run of a coding agent, as one error for all agents. The kind comes from the agent's output (read by its
// adapter), or from the gateway's ledger, which saw the real answers.
import {
  ConfigurationError,
  ExternalServiceError,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from './failure.ts';
import type { CallFailureKind } from './model-call.ts';

/** Failures of an agent beyond those of its calls. */
export const ownFailureKinds = [
  'refused',
  'turn_limit',
  'output_limit',
  'repetition',
  'usage_limit',
  'failed',
] as const;

export type AgentFailureKind = CallFailureKind | (typeof ownFailureKinds)[number];

export interface FailedAgent {
  /** The agent's name in settings: `claude-code`. */
  agent: string;
  /** Its name for people: `Claude Code`. */
  title: string;
  kind: AgentFailureKind;
  /** The agent's message, or the answer that the agent got. Its length has no limit. */
  said: string;
  /** The HTTP status of that answer, if there was one. */
  status?: number | null;
  /** How long the provider asked to wait. */
  retryAfterMs?: number | null;
  /** The circuit that counts this failure; absent: the agent's own circuit. */
  circuit?: string;
  metadata?: Readonly<Record<string, unknown>>;
}

/** Failures that every other run of this agent would have too: the agent's circuit counts them. */
const ofTheProvider: ReadonlySet<AgentFailureKind> = new Set([
  'quota',
  'rate_limited',
  'overloaded',
  'provider_down',
  'unreachable',
  'timeout',
  'cut_stream',
  'malformed',
]);

/** The wait if a subscription is used up and the program names no time. */
const usageLimitMs = 60 * 60_000;

/** How much of the agent's message goes into an error. */
const saidCharsMax = 500;

export function failureOfAgent(failed: FailedAgent): MooseError {
  const { agent, title, kind, status = null, retryAfterMs = null, circuit = `agent:${agent}` } = failed;
  const said = failed.said.replaceAll(/\s+/g, ' ').trim().slice(0, saidCharsMax).replace(/\.$/, '');
  const facts = { ...failed.metadata, agent, kind, status, said };
  return errorOf[kind](
    {
      component: 'agents',
      operation: 'report',
      metadata: ofTheProvider.has(kind) ? { ...facts, circuit } : facts,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    },
    title,
    said === '' ? 'it gave no reason' : said,
    status === null ? '' : ` (HTTP ${status})`,
  );
}

type Rest = Pick<MooseErrorFields, 'component' | 'operation' | 'metadata' | 'retryAfterMs'>;
type MakeError = (rest: Rest, title: string, said: string, status: string) => MooseError;

const down: MakeError = (rest, title, said, status) =>
  new TransientError({
    ...rest,
    code: 'AGENT_PROVIDER_DOWN',
    message: `The provider gave ${title} no usable answer${status}: ${said}.`,
    advice: "Check the provider's status page and the base URL; once it has recovered: `moose retry ID`.",
  });

const unserved: MakeError = (rest, title, said, status) =>
  new TransientError({
    ...rest,
    code: 'AGENT_UNSERVED',
    message: `Moose's gateway temporarily refused calls from ${title}${status}: ${said}.`,
    advice: 'Wait: work resumes automatically once the provider or the database is available again.',
  });

const failed: MakeError = (rest, title, said) =>
  new PermanentError({
    ...rest,
    code: 'AGENT_FAILED',
    failureClass: 'unknown',
    message: `${title} reported a failure: ${said}.`,
    advice: "Read the end of the session's output; retry, or choose another agent or model.",
  });

const errorOf: Record<AgentFailureKind, MakeError> = {
  refused: (rest, _title, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_REFUSED',
      message: `The model refused this work order: ${said}.`,
      advice: 'Rephrase the work order, or choose a model from another provider.',
    }),
  budget_exceeded: (rest, title, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_BUDGET',
      failureClass: 'budget_exceeded',
      message: `${title} stopped at its spending limit: ${said}.`,
      advice: "Raise the work order's limit, or split it.",
    }),
  quota: (rest, title, said, status) =>
    new ExternalServiceError({
      ...rest,
      code: 'AGENT_QUOTA',
      severity: 'high',
      failureClass: 'budget_exceeded',
      message: `The account that ${title} uses for its model has no money or quota left${status}: ${said}.`,
      advice: 'Add credit or raise the limit with the provider, or choose a model from another provider.',
    }),
  // Only a session with a login can have this failure. It says nothing about the agent itself, so no circuit counts it.
  usage_limit: (rest, title, said) =>
    new ExternalServiceError({
      ...rest,
      code: 'AGENT_USAGE_LIMIT',
      retryAfterMs: rest.retryAfterMs ?? usageLimitMs,
      message: `The subscription that ${title} uses has reached its usage limit: ${said}.`,
      advice:
        'Wait: work resumes by itself when the limit resets. To use a key instead, change the setting of logins.',
    }),
  authentication: (rest, title, said, status) =>
    new ConfigurationError({
      ...rest,
      code: 'AGENT_AUTHENTICATION',
      severity: 'high',
      message: `The key that ${title} used to call its model was refused${status}: ${said}.`,
      advice: "Check the provider's key and base URL in the settings, and that the key may use the model.",
    }),
  model_not_found: (rest, title, said, status) =>
    new ConfigurationError({
      ...rest,
      code: 'AGENT_MODEL_NOT_FOUND',
      message: `The model that ${title} was told to use is not available${status}: ${said}.`,
      advice: 'Check the name of the model and the base URL of its provider in the settings.',
    }),
  unpriced: (rest, title, said) =>
    new ConfigurationError({
      ...rest,
      code: 'AGENT_MODEL_UNPRICED',
      message: `${title} asked for a model that Moose has no price for: ${said}.`,
      advice: 'Choose a model with a price, or set its price in MOOSE_PRICES.',
    }),
  refused_feature: (rest, title, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_FEATURE_REFUSED',
      message: `${title} asked for something whose cost cannot be bounded: ${said}.`,
      advice: 'Choose another agent, or another version of this one.',
    }),
  context_too_long: (rest, title, said, status) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_CONTEXT_TOO_LONG',
      message: `The conversation of ${title} became too long for the model${status}: ${said}.`,
      advice: 'Split the work order, or choose a model with a larger context.',
    }),
  rate_limited: (rest, title, said, status) =>
    new TransientError({
      ...rest,
      code: 'AGENT_RATE_LIMITED',
      message: `The provider is rate limiting calls from ${title}${status}: ${said}.`,
      advice: 'Retry later (`moose retry ID`), and run fewer work orders at a time if this continues.',
    }),
  overloaded: down,
  provider_down: down,
  unreachable: down,
  timeout: down,
  cut_stream: down,
  malformed: down,
  circuit_open: unserved,
  ledger_away: unserved,
  braked: (rest, title, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_BRAKED',
      message: `${title} kept repeating itself and was stopped: ${said}.`,
      advice:
        'Check what it repeated with `moose logs ID`; then give it instructions, or choose another agent or model.',
    }),
  repetition: (rest, title, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_REPETITION',
      message: `${title} noticed that it was repeating the same step and stopped: ${said}.`,
      advice: 'Give it instructions with `moose retry ID --note "…"`, or choose another agent or model.',
    }),
  turn_limit: (rest, title, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_TURN_LIMIT',
      message: `${title} used up its turns before it finished: ${said}.`,
      advice: 'Split the work order: it is too large for the allowed turns.',
    }),
  output_limit: (rest, title, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_OUTPUT_LIMIT',
      message: `An answer to ${title} exceeded the output limit: ${said}.`,
      advice: 'Split the work order, or raise the output limit of one answer.',
    }),
  bad_request: (rest, title, said, status) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_BAD_REQUEST',
      message: `The provider refused a request from ${title}${status}: ${said}.`,
      advice: "Read the provider's message; another model may accept the same request.",
    }),
  client_gone: failed,
  failed,
};
