// Classifies a failed run of OpenCode by its error's name and status, and last by its message.

import type { AgentFailureKind } from '../../domain/agents/agent-failure.ts';
import { kindOfFailedCall } from '../call-words.ts';
import { isJsonObject, type JsonEvent } from '../json-lines.ts';

export interface OpenCodeFailure {
  kind: AgentFailureKind;
  status: number | null;
  /** OpenCode's own messages. */
  said: string;
}

const kindOfName: Readonly<Record<string, AgentFailureKind>> = {
  ContextOverflowError: 'context_too_long',
  ContentFilterError: 'refused',
  MessageOutputLengthError: 'output_limit',
  ProviderAuthError: 'authentication',
  ProviderModelNotFoundError: 'model_not_found',
};

/** `{name, data: {message, statusCode, responseBody}}`, as in events and in the messages of a conversation. */
export function failureOfOpenCode({ name, data }: JsonEvent): OpenCodeFailure {
  const { message, statusCode, responseBody } = isJsonObject(data) ? data : {};
  const said = typeof message === 'string' ? message : String(name);
  const status = typeof statusCode === 'number' ? statusCode : null;
  const words = `${said} ${typeof responseBody === 'string' ? responseBody : ''}`;
  const told = kindOfFailedCall(status, words);
  const named = typeof name === 'string' ? kindOfName[name] : undefined;
  const kind = named ?? told ?? (name === 'APIError' ? 'provider_down' : 'failed');
  return { kind, status, said };
}
