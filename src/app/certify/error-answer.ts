// A provider's error, in the format of its protocol.

import type { WireName } from '../../domain/agents/model-call.ts';
import type { HttpFault } from './http-fault.ts';

const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const geminiStatuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

export function errorAnswer(
  wire: WireName,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Extract<HttpFault, { kind: 'reply' }> {
  return { kind: 'reply', status, headers, body: JSON.stringify(errorBody(wire, status, message)) };
}

function errorBody(wire: WireName, status: number, message: string): object {
  switch (wire) {
    case 'anthropic-messages': {
      const type = anthropicTypes[status] ?? 'api_error';
      return { type: 'error', error: { type, message }, request_id: 'req_1' };
    }
    case 'gemini':
      return { error: { code: status, message, status: geminiStatuses[status] ?? 'UNKNOWN' } };
    case 'openai-chat':
    case 'openai-responses':
      return { error: { message, type: 'error', code: null, param: null } };
  }
}
