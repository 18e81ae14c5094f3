// For tests: Anthropic's responses to a subscription login.
import type { ServerResponse } from 'node:http';
import { type LoginWire, say, stream } from './login-provider.fixture.ts';

export const claudeLogin = {
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
  expiresAt: 1_000,
  scopes: ['user:inference', 'user:profile'],
  subscriptionType: 'max',
};

/** In its first turn, the model runs this shell command. */
export const claudeWire = (command: string): LoginWire => ({
  tokens: (refreshed) => ({
    access_token: `access-${refreshed}`,
    refresh_token: `refresh-${refreshed}`,
    token_type: 'Bearer',
    expires_in: 28_800,
    scope: 'user:inference user:profile',
  }),
  answer: ({ path, body }, response, resetsAtSeconds) => {
    if (!path.startsWith('/v1/messages')) return say(response, 404, {});
    if (resetsAtSeconds !== null) return sayUsedUp(response, resetsAtSeconds);
    sayTurn(response, body.includes('tool_result') ? null : command);
  },
});

/** The headers with which the real provider reports that a subscription is used up. */
function sayUsedUp(response: ServerResponse, resetsAtSeconds: number): void {
  say(
    response,
    429,
    {
      type: 'error',
      error: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
    },
    {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(resetsAtSeconds),
      'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      'x-should-retry': 'false',
    },
  );
}

/** One turn of the model: a shell command, or the end of the conversation if the command is null. */
function sayTurn(response: ServerResponse, command: string | null): void {
  const usage = {
    input_tokens: 100,
    output_tokens: 20,
    cache_read_input_tokens: 1_000,
    cache_creation_input_tokens: 0,
  };
  const message = {
    id: `msg_${Math.random()}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [],
  };
  const tool = { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} };
  const events = [
    { type: 'message_start', message: { ...message, stop_reason: null, usage } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: command === null ? { type: 'text', text: '' } : tool,
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta:
        command === null
          ? { type: 'text_delta', text: 'Done.' }
          : { type: 'input_json_delta', partial_json: JSON.stringify({ command, description: 'Test' }) },
    },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      usage: { output_tokens: 20 },
      delta: { stop_reason: command === null ? 'end_turn' : 'tool_use' },
    },
    { type: 'message_stop' },
  ];
  stream(response, events);
}
