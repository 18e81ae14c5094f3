// Classifies a failed call of Aider by the exception of its model library.

import type { AgentFailureKind } from '../../domain/agents/agent-failure.ts';
import { kindOfFailedCall } from '../call-words.ts';

export interface FailedCall {
  /** The exception's class. */
  type: string;
  /** The status that the exception reports; some classes make it up (see `madeUp`). */
  status: number | null;
  words: string;
}

interface CallRow {
  kind: AgentFailureKind;
  type?: string;
  says?: RegExp;
  /** A real message of the program; a test classifies each sample. */
  sample: FailedCall;
}

/** Used if the class or the library's own message identifies the failure; otherwise the status and the provider do. */
export const aiderCalls: readonly CallRow[] = [
  {
    kind: 'context_too_long',
    type: 'ContextWindowExceededError',
    sample: {
      type: 'ContextWindowExceededError',
      status: 400,
      words:
        "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - This model's maximum context length is 128000 tokens.",
    },
  },
  {
    kind: 'context_too_long',
    says: /request_too_large/,
    sample: {
      type: 'BadRequestError',
      status: 400,
      words:
        'litellm.BadRequestError: AnthropicException - b\'{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size."}}\'',
    },
  },
  {
    kind: 'authentication',
    says: /permission_error/,
    sample: {
      type: 'APIConnectionError',
      status: 500,
      words:
        'litellm.APIConnectionError: AnthropicException - b\'{"type":"error","error":{"type":"permission_error","message":"This key may not use the model."}}\'',
    },
  },
  {
    kind: 'refused',
    type: 'ContentPolicyViolationError',
    sample: {
      type: 'ContentPolicyViolationError',
      status: 400,
      words:
        'litellm.BadRequestError: litellm.ContentPolicyViolationError: ContentPolicyViolationError: OpenAIException - Your request was rejected as a result of our safety system.',
    },
  },
  {
    kind: 'unreachable',
    says: /Connection error\.|Server disconnected without sending a response/,
    sample: {
      type: 'InternalServerError',
      status: 500,
      words: 'litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.',
    },
  },
  {
    kind: 'malformed',
    says: /Unterminated string starting at|Expecting value: line|Extra data: line/,
    sample: {
      type: 'APIConnectionError',
      status: 500,
      words:
        'litellm.APIConnectionError: APIConnectionError: OpenAIException - Unterminated string starting at: line 1 column 25 (char 24)',
    },
  },
];

/** The library uses these classes for any failure; they report 500 even without an answer, or with another one. */
const madeUp = new Set(['APIConnectionError', 'InternalServerError']);

export function kindOfAiderCall({ type, status, words }: FailedCall): AgentFailureKind {
  const own = aiderCalls.find(
    (row) => (row.type === undefined || row.type === type) && (row.says?.test(words) ?? true),
  );
  if (own) return own.kind;
  const byWords = madeUp.has(type) ? kindOfFailedCall(null, words) : null;
  return byWords ?? kindOfFailedCall(status, words) ?? 'failed';
}
