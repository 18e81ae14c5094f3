// For tests: OpenAI's responses to a subscription login, for the requests of the tested Codex version.
import type { ServerResponse } from 'node:http';
import { type LoginWire, say, stream } from './login-provider.fixture.ts';

const accountId = 'account-1';
const lifeSeconds = 28_800;
const windowMinutes = 300;

/** A token from which the program can read its owner and its expiry; `number` distinguishes it from others. */
function token(number: number, endsAtSeconds: number): string {
  const owner = { chatgpt_plan_type: 'plus', chatgpt_user_id: 'user-1', chatgpt_account_id: accountId };
  const claims = { exp: endsAtSeconds, number, 'https://api.openai.com/auth': owner };
  const parts = [JSON.stringify({ alg: 'none' }), JSON.stringify(claims), 'signature'];
  return parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
}

const expired = token(0, 1_000);
export const codexLogin = {
  auth_mode: 'chatgpt',
  OPENAI_API_KEY: null,
  tokens: { id_token: expired, access_token: expired, refresh_token: 'refresh-0', account_id: accountId },
  last_refresh: '2020-01-01T00:00:00Z',
};

/** In its first turn, the model runs this shell command. */
export function codexWire(command: string): LoginWire & { accessToken: string } {
  const accessToken = token(1, Math.floor(Date.now() / 1_000) + lifeSeconds);
  return {
    accessToken,
    tokens: (refreshed) => ({
      id_token: accessToken,
      access_token: accessToken,
      refresh_token: `refresh-${refreshed}`,
    }),
    answer: ({ path, body }, response, resetsAtSeconds) => {
      if (path.endsWith('/accounts/check')) return say(response, 200, accounts);
      if (!path.endsWith('/codex/responses')) return say(response, 404, {});
      if (resetsAtSeconds !== null) return sayUsedUp(response, resetsAtSeconds);
      const { input } = JSON.parse(body) as { input: { type?: string }[] };
      sayTurn(response, input.some(({ type }) => type?.endsWith('_output')) ? null : command);
    },
  };
}

/** The URL for the account's requests. */
const account = { id: accountId, plan_type: 'plus', structure: 'personal' };
const route = { workspace_backend_origin: 'https://chatgpt.com', account_routing_override: 'NO_CONSTRAINT' };
const accounts = { accounts: [{ ...account, ...route }], account_ordering: [accountId] };

function sayUsedUp(response: ServerResponse, resetsAtSeconds: number): void {
  const error = {
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
    plan_type: 'plus',
    resets_at: resetsAtSeconds,
  };
  say(
    response,
    429,
    { error },
    {
      'x-codex-primary-used-percent': '100',
      'x-codex-primary-window-minutes': String(windowMinutes),
      'x-codex-primary-reset-at': String(resetsAtSeconds),
    },
  );
}

/**
 * One turn of the model: a shell command, in the default model's format, or the end of the conversation if the command
 * is null.
 */
function sayTurn(response: ServerResponse, command: string | null): void {
  const input = `const ran = await tools.exec_command(${JSON.stringify({ cmd: command })}); text(ran.output);`;
  const item =
    command === null
      ? {
          type: 'message',
          id: 'message-1',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Done.' }],
        }
      : { type: 'custom_tool_call', id: 'item-1', call_id: 'call-1', name: 'exec', input };
  const usage = {
    input_tokens: 1_100,
    input_tokens_details: { cached_tokens: 1_000 },
    total_tokens: 1_120,
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 0 },
  };
  stream(response, [
    { type: 'response.created', response: { id: 'response-1' } },
    { type: 'response.output_item.done', item },
    { type: 'response.completed', response: { id: 'response-1', usage } },
  ]);
}
