// What a failed run of Claude Code was, as a MooseError. A hint beside the gateway's ledger, which saw the real answers.

import {
  ConfigurationError,
  ExternalServiceError,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from '../../domain/failure.ts';
import type { FinalEvent } from './stream.ts';

export type ClaudeFailureKind =
  | 'refused'
  | 'budget'
  | 'quota'
  | 'authentication'
  | 'model_not_found'
  | 'context_too_long'
  | 'rate_limited'
  | 'provider_down'
  | 'turn_limit'
  | 'output_limit'
  | 'bad_request'
  | 'failed';

interface ClaudeFailureRow {
  kind: ClaudeFailureKind;
  fits: (final: FinalEvent) => boolean;
}

/** The first row that fits decides. The cause comes before its symptoms: what was said before how it was sent. */
const table: ClaudeFailureRow[] = [
  { kind: 'refused', fits: ({ isRefusal }) => isRefusal },
  { kind: 'budget', fits: ({ terminalReason }) => terminalReason === 'budget_exhausted' },
  // The word of the contract: whoever stops a run for its budget answers 400 and names it.
  {
    kind: 'budget',
    fits: ({ apiErrorStatus, text }) => apiErrorStatus === 400 && /\bbudget_exceeded\b/i.test(text),
  },
  { kind: 'turn_limit', fits: ({ terminalReason }) => terminalReason === 'max_turns' },
  { kind: 'context_too_long', fits: ({ terminalReason }) => terminalReason === 'prompt_too_long' },
  {
    kind: 'quota',
    fits: ({ apiErrorStatus, errorWord }) => apiErrorStatus === 402 || errorWord === 'billing_error',
  },
  { kind: 'output_limit', fits: ({ errorWord }) => errorWord === 'max_output_tokens' },
  { kind: 'authentication', fits: ({ apiErrorStatus }) => apiErrorStatus === 401 || apiErrorStatus === 403 },
  { kind: 'model_not_found', fits: ({ apiErrorStatus }) => apiErrorStatus === 404 },
  { kind: 'context_too_long', fits: ({ apiErrorStatus }) => apiErrorStatus === 413 },
  { kind: 'rate_limited', fits: ({ apiErrorStatus }) => apiErrorStatus === 429 },
  { kind: 'provider_down', fits: ({ apiErrorStatus }) => apiErrorStatus !== null && apiErrorStatus >= 500 },
  { kind: 'bad_request', fits: ({ apiErrorStatus }) => apiErrorStatus !== null && apiErrorStatus >= 400 },
  { kind: 'authentication', fits: ({ errorWord }) => errorWord === 'authentication_failed' },
  // No status at all: the connection broke, or what came was not the provider's protocol.
  { kind: 'provider_down', fits: ({ terminalReason }) => terminalReason === 'api_error' },
  { kind: 'failed', fits: () => true },
];

export function failureKind(final: FinalEvent): ClaudeFailureKind {
  return table.find((row) => row.fits(final))?.kind ?? 'failed';
}

/** What every other run of this agent would meet too: its circuit is told. */
const ofTheProvider: ReadonlySet<ClaudeFailureKind> = new Set(['quota', 'rate_limited', 'provider_down']);
const circuit = 'agent:claude-code';

/** As much of its own words as goes into an error. */
const saidCharsMax = 500;

export function claudeFailure(final: FinalEvent): MooseError {
  const said = final.text.replaceAll(/\s+/g, ' ').trim().slice(0, saidCharsMax).replace(/\.$/, '');
  const { apiErrorStatus, terminalReason, errorWord } = final;
  const metadata = { agent: 'claude-code', status: apiErrorStatus, terminalReason, errorWord, said };
  const status = apiErrorStatus === null ? '' : ` (HTTP ${apiErrorStatus})`;
  const kind = failureKind(final);
  return errorOf[kind](
    {
      component: 'agents',
      operation: 'report',
      metadata: ofTheProvider.has(kind) ? { ...metadata, circuit } : metadata,
    },
    said === '' ? 'it gave no reason' : said,
    status,
  );
}

type Rest = Pick<MooseErrorFields, 'component' | 'operation' | 'metadata'>;

const errorOf: Record<ClaudeFailureKind, (rest: Rest, said: string, status: string) => MooseError> = {
  refused: (rest, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_REFUSED',
      message: `The model would not do this work order: ${said}.`,
      advice: 'Say the work order in other words, or choose a model of another provider.',
    }),
  budget: (rest, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_BUDGET',
      failureClass: 'budget_exceeded',
      message: `Claude Code stopped at its spending limit: ${said}.`,
      advice: "Raise the work order's limit, or split it.",
    }),
  quota: (rest, said, status) =>
    new ExternalServiceError({
      ...rest,
      code: 'AGENT_QUOTA',
      severity: 'high',
      failureClass: 'budget_exceeded',
      message: `The account that Claude Code calls its model with has no money or quota left${status}: ${said}.`,
      advice: 'Add credit or raise the limit with the provider, or choose a model of another one.',
    }),
  authentication: (rest, said, status) =>
    new ConfigurationError({
      ...rest,
      code: 'AGENT_AUTHENTICATION',
      severity: 'high',
      message: `The provider refused the API key that Claude Code was given${status}: ${said}.`,
      advice: 'Check the key and the base URL of this agent, and that the key may use the model.',
    }),
  model_not_found: (rest, said, status) =>
    new ConfigurationError({
      ...rest,
      code: 'AGENT_MODEL_NOT_FOUND',
      message: `The model that Claude Code was told to use is not to be had${status}: ${said}.`,
      advice: 'Check the name of the model and the base URL of its provider in the settings.',
    }),
  context_too_long: (rest, said, status) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_CONTEXT_TOO_LONG',
      message: `The conversation of Claude Code grew too long for the model${status}: ${said}.`,
      advice: 'Split the work order, or choose a model with a larger context.',
    }),
  rate_limited: (rest, said, status) =>
    new TransientError({
      ...rest,
      code: 'AGENT_RATE_LIMITED',
      message: `The provider takes no more calls of Claude Code for now${status}: ${said}.`,
      advice: 'Retry it later (`moose retry ID`), and run fewer work orders at a time if this goes on.',
    }),
  provider_down: (rest, said, status) =>
    new TransientError({
      ...rest,
      code: 'AGENT_PROVIDER_DOWN',
      message: `The provider did not give Claude Code an answer of use${status}: ${said}.`,
      advice: "See the provider's status page and the base URL; when it is well again: `moose retry ID`.",
    }),
  turn_limit: (rest, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_TURN_LIMIT',
      message: `Claude Code used up its turns: ${said}.`,
      advice: 'Split the work order, or allow more turns.',
    }),
  output_limit: (rest, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_OUTPUT_LIMIT',
      message: `An answer of the model was longer than allowed: ${said}.`,
      advice: 'Raise the output limit of this agent, or split the work order.',
    }),
  bad_request: (rest, said, status) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_BAD_REQUEST',
      message: `The provider refused a request of Claude Code${status}: ${said}.`,
      advice: 'Read what the provider says; another model may take the same request.',
    }),
  failed: (rest, said) =>
    new PermanentError({
      ...rest,
      code: 'AGENT_FAILED',
      failureClass: 'unknown',
      message: `Claude Code says that it failed: ${said}.`,
      advice: "Read the end of the session's output; retry, or choose another agent or model.",
    }),
};
