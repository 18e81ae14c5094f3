import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentReport } from '../../engine/ports/agent.ts';
import { reportClaudeCode } from './report.ts';

const base = mkdtempSync(join(tmpdir(), 'moose-claude-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const end = { exitCode: 1, signal: null, reason: null, startedAt: new Date(0), endedAt: new Date(1_000) };

async function report(lines: (object | string)[], stderr = ''): Promise<AgentReport> {
  const stdoutPath = join(base, 'stdout.log');
  const stderrPath = join(base, 'stderr.log');
  writeFileSync(
    stdoutPath,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  writeFileSync(stderrPath, stderr);
  return await reportClaudeCode({ sessionPath: base, stdoutPath, stderrPath }, end);
}

// Messages in the format of version 2.1.328, shortened to what is read.
const success = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  api_error_status: null,
  terminal_reason: 'completed',
  num_turns: 3,
  result: 'Done.',
  total_cost_usd: 0.075,
  usage: { input_tokens: 10_000, output_tokens: 500 },
  model_usage_since_last_result: {
    'claude-sonnet-4-5': {
      inputTokens: 10_000,
      outputTokens: 500,
      cacheReadInputTokens: 7,
      cacheCreationInputTokens: 3,
      costUSD: 0.0375,
    },
    'claude-haiku': { inputTokens: 1, outputTokens: 2, costUSD: 1e-7 },
  },
};
const apiError = (status: number | null, result: string, terminalReason = 'api_error') => ({
  ...success,
  is_error: true,
  api_error_status: status,
  terminal_reason: terminalReason,
  result,
});
const answer = (id: string) => ({
  type: 'assistant',
  message: { id, model: 'claude-sonnet-4-5', content: [], stop_reason: null },
});
const synthetic = (error: string, stopReason = 'stop_sequence') => ({
  type: 'assistant',
  error,
  is_api_error_message: true,
  message: { id: 'u', model: '<synthetic>', stop_reason: stopReason, content: [] },
});

test('a success: its message, its calls, its own share of the cost', async () => {
  expect(
    await report([{ type: 'system', subtype: 'init' }, answer('a'), answer('a'), answer('b'), success]),
  ).toEqual({
    finalEvent: 'success',
    summary: 'Done.',
    said: 'Done.',
    failure: null,
    modelCalls: 2,
    costNanoUsd: 37_500_100n,
    inputTokens: 10_011,
    outputTokens: 502,
  });
});

test('if its own share is not reported, the total is used', async () => {
  const { model_usage_since_last_result: _, ...older } = success;
  expect(await report([older])).toMatchObject({
    costNanoUsd: 75_000_000n,
    inputTokens: 10_000,
    outputTokens: 500,
  });
});

const failures: [name: string, code: string, category: string, ...lines: object[]][] = [
  [
    '401',
    'AGENT_AUTHENTICATION',
    'configuration',
    synthetic('authentication_failed'),
    apiError(401, 'Invalid API key · Fix external API key'),
  ],
  [
    '403',
    'AGENT_AUTHENTICATION',
    'configuration',
    apiError(403, 'Failed to authenticate. API Error: 403 nope'),
  ],
  [
    'no key at all',
    'AGENT_AUTHENTICATION',
    'configuration',
    synthetic('authentication_failed'),
    apiError(null, 'Not logged in · Please run /login'),
  ],
  ['402', 'AGENT_QUOTA', 'external', apiError(402, 'API Error: 402 no money')],
  [
    'an empty account',
    'AGENT_QUOTA',
    'external',
    synthetic('billing_error'),
    apiError(400, 'Credit balance is too low'),
  ],
  [
    '404',
    'AGENT_MODEL_NOT_FOUND',
    'configuration',
    apiError(404, "There's an issue with the selected model (x)."),
  ],
  [
    '413',
    'AGENT_CONTEXT_TOO_LONG',
    'permanent',
    apiError(413, 'Request too large (max 32MB).', 'image_error'),
  ],
  ['too long', 'AGENT_CONTEXT_TOO_LONG', 'permanent', apiError(400, 'Prompt is too long', 'prompt_too_long')],
  ['429', 'AGENT_RATE_LIMITED', 'transient', apiError(429, 'API Error: Request rejected (429) · slow')],
  ['500', 'AGENT_PROVIDER_DOWN', 'transient', apiError(500, 'API Error: 500 boom.')],
  ['529', 'AGENT_PROVIDER_DOWN', 'transient', apiError(529, 'API Error: 529 Overloaded.')],
  [
    'reset',
    'AGENT_PROVIDER_DOWN',
    'transient',
    synthetic('unknown'),
    apiError(null, 'API Error: Connection dropped (ECONNRESET).'),
  ],
  [
    '400',
    'AGENT_BAD_REQUEST',
    'permanent',
    synthetic('invalid_request'),
    apiError(400, 'API Error: 400 temperature: out of range'),
  ],
  [
    'our budget',
    'AGENT_BUDGET',
    'permanent',
    apiError(400, 'API Error: 400 The limit is reached (BUDGET_EXCEEDED).'),
  ],
  [
    'its own limit',
    'AGENT_BUDGET',
    'permanent',
    {
      ...success,
      subtype: 'error_max_budget_usd',
      is_error: true,
      terminal_reason: 'budget_exhausted',
      result: undefined,
      errors: ['Reached maximum budget ($0.05)'],
    },
  ],
  [
    'turns',
    'AGENT_TURN_LIMIT',
    'permanent',
    {
      ...success,
      subtype: 'error_max_turns',
      is_error: true,
      terminal_reason: 'max_turns',
      result: undefined,
      errors: ['Reached maximum number of turns (2)'],
    },
  ],
  [
    'output',
    'AGENT_OUTPUT_LIMIT',
    'permanent',
    synthetic('max_output_tokens'),
    apiError(null, "API Error: Claude's response exceeded the 8000 output token maximum."),
  ],
  [
    'something new',
    'AGENT_FAILED',
    'permanent',
    { ...success, is_error: true, terminal_reason: 'other', result: '' },
  ],
  ['an end without a verdict', 'AGENT_FAILED', 'permanent', { type: 'result', subtype: 'success' }],
];
test.each(failures)(
  'a failure is recognised by status and reason, never by subtype: %s',
  async (_name, code, category, ...lines) => {
    const { finalEvent, failure } = await report(lines);
    expect({ finalEvent, code: failure?.code, category: failure?.category }).toEqual({
      finalEvent: 'failure',
      code,
      category,
    });
    expect(failure?.message).toMatch(/^[A-Z].*[.]$/);
    expect(failure?.advice).toMatch(/^[A-Z].*[.]$/);
  },
);

test('a refusal by the model is reported as a refusal', async () => {
  const lines = [
    { type: 'system', subtype: 'model_refusal_no_fallback' },
    synthetic('invalid_request', 'refusal'),
    apiError(null, "API Error: Sonnet 4.5 can't help with this."),
  ];
  expect(await report(lines)).toMatchObject({ finalEvent: 'refused', failure: { code: 'AGENT_REFUSED' } });
});

test('a call that failed and recovered does not affect the result', async () => {
  const lines = [
    synthetic('billing_error'),
    answer('a'),
    { ...apiError(null, 'x'), terminal_reason: 'other' },
  ];
  expect(await report(lines)).toMatchObject({ failure: { code: 'AGENT_FAILED' } });
});

test('R-SES-5: without a final event the result is missing, whatever was written before', async () => {
  const half = JSON.stringify(success).slice(0, -20);
  for (const lines of [[], [answer('a')], [half], ['not json', '[1]', 'null', '{"type":']]) {
    const { finalEvent, failure } = await report(lines, "error: unknown option '--x'\n");
    expect({ finalEvent, code: failure?.code }).toEqual({ finalEvent: 'missing', code: 'AGENT_NO_RESULT' });
    expect(failure?.message).toContain('unknown option');
    expect(failure?.metadata).toMatchObject({ exitCode: 1, durationMs: 1_000 });
  }
});

test('R-SEC-3: noise, megabytes and incomplete lines around the final event do not hide it', async () => {
  const huge = JSON.stringify({ type: 'user', message: 'x'.repeat(20_000_000) });
  const lines = ['\u0000\u0001', huge, '{"broken', success, '   ', '{"type":"assist'];
  expect(await report(lines)).toMatchObject({ finalEvent: 'success', summary: 'Done.' });
});

test('R-PROJ-9: a used-up subscription names the time at which it resets', async () => {
  const info = (status: string) => ({
    type: 'rate_limit_event',
    rate_limit_info: { status, resetsAt: 5_401, rateLimitType: 'five_hour' },
  });
  const said = "You've hit your 5-hour limit · resets 1:30am (UTC)";
  const used = { ...apiError(429, said), api_error: 'usage_limit_reached' };
  expect(await report([info('rejected'), used])).toMatchObject({
    failure: { code: 'AGENT_USAGE_LIMIT', category: 'external', retryAfterMs: 5_400_000 },
  });
  // Without a time, Moose looks again after an hour.
  for (const lines of [[used], [info('allowed_warning'), used]])
    expect(await report(lines)).toMatchObject({
      failure: { code: 'AGENT_USAGE_LIMIT', retryAfterMs: 3_600_000 },
    });
});

test('R-PROJ-9: what a stopped program has used is known from its answers', async () => {
  const answer = (id: string) => ({
    type: 'assistant',
    message: {
      id,
      model: 'claude-x',
      usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 2 },
    },
  });
  expect(await report([answer('one'), answer('one'), answer('two')])).toMatchObject({
    finalEvent: 'missing',
    modelCalls: 2,
    inputTokens: 30,
    outputTokens: 4,
    costNanoUsd: null,
  });
});

const message = (stopReason: string | null, ...content: object[]) => ({
  type: 'assistant',
  message: { id: 'm', model: 'claude-x', content, stop_reason: stopReason },
});
const calls = { type: 'tool_use', id: 't', name: 'Edit', input: {} };
const text = { type: 'text', text: 'Now I edit b.' };
const result = {
  type: 'user',
  message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't' }] },
};
const { terminal_reason: _reason, ...earlier } = success;

test.each<[string, string, ...object[]]>([
  ['AGENT_CUT_OFF', 'its last answer calls a tool', message('tool_use', calls), success],
  ['AGENT_CUT_OFF', 'the final event says so', message(null, text), { ...success, stop_reason: 'tool_use' }],
  ['AGENT_CUT_OFF', 'a tool has not answered', message(null, text), message(null, calls), success],
  ['AGENT_CUT_OFF', 'it was to go on', message('pause_turn', text), success],
  ['AGENT_CUT_OFF', 'a hook ended it', message(null, text), { ...success, terminal_reason: 'hook_stopped' }],
  ['AGENT_OUTPUT_LIMIT', 'an answer ends at its limit', message('max_tokens', text), success],
  [
    'AGENT_OUTPUT_LIMIT',
    'of the final event',
    message(null, text),
    { ...earlier, stop_reason: 'max_tokens' },
  ],
  ['AGENT_CONTEXT_TOO_LONG', 'the context is full', message('model_context_window_exceeded', text), success],
  ['AGENT_TURN_LIMIT', 'an earlier version', message(null, text), { ...earlier, subtype: 'error_max_turns' }],
  ['AGENT_NO_RESULT', 'another turn has begun', success, message(null, text)],
])('R-SES-5: a success is not believed: %s, because %s', async (code, _why, ...lines) => {
  const { finalEvent, failure } = await report(lines);
  expect(finalEvent).not.toBe('success');
  expect(failure).toMatchObject({ code });
});

test('R-SES-5: fear: a finished turn counts as cut off', async () => {
  const helpers = { ...message('tool_use', calls), parent_tool_use_id: 'p' };
  for (const lines of [
    [message(null, calls), result, message('end_turn', text), success],
    [message(null, calls), result, success],
    [message('tool_use', calls), result, message(null, text), success],
    [message('end_turn', text), helpers, success],
    [message('tool_use', calls), result, { ...success, stop_reason: 'end_turn' }],
    [success, message('end_turn', text), success],
  ])
    expect(await report(lines)).toMatchObject({ finalEvent: 'success', failure: null });
});
