import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentReport } from '../../engine/ports/agent.ts';
import { reportOpenCode } from './report.ts';

const base = mkdtempSync(join(tmpdir(), 'moose-opencode-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function report(...events: object[]): Promise<AgentReport> {
  const [stdoutPath, stderrPath] = [join(base, 'stdout.log'), join(base, 'stderr.log')];
  writeFileSync(stdoutPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  writeFileSync(stderrPath, '');
  const end = { exitCode: 0, signal: null, reason: null, startedAt: new Date(0), endedAt: new Date(1_000) };
  return await reportOpenCode({ sessionPath: base, stdoutPath, stderrPath }, end);
}

// Messages in the format of version 1.18.33, shortened to what is read.
const start = { type: 'step_start', sessionID: 'ses_1', part: { type: 'step-start' } };
const tool = { type: 'tool_use', part: { type: 'tool', tool: 'bash', state: { status: 'completed' } } };
const says = (text: string) => ({ type: 'text', part: { type: 'text', text } });
const used = { total: 1_297, input: 1_234, output: 50, reasoning: 6, cache: { write: 3, read: 4 } };
const unused = { input: 0, output: 0, reasoning: 0, cache: { write: 0, read: 0 } };
const finish = (reason: string, tokens: object = used) => ({
  type: 'step_finish',
  part: { type: 'step-finish', reason, tokens, cost: 0 },
});
const error = (name: string, data: object) => ({ type: 'error', error: { name, data } });

test('a success: the message of its last step, its calls, its tokens', async () => {
  const events = [
    start,
    says('I look.'),
    tool,
    finish('tool-calls'),
    start,
    says('All done.'),
    finish('stop'),
  ];
  expect(await report(...events)).toEqual({
    finalEvent: 'success',
    summary: 'All done.',
    said: 'All done.',
    failure: null,
    costNanoUsd: null,
    modelCalls: 2,
    inputTokens: 2_482,
    outputTokens: 112,
  });
});

const call = (statusCode: number, message: string, responseBody = '') =>
  error('APIError', { message, statusCode, isRetryable: false, responseBody });
const failures: [code: string, finalEvent: string, event: object][] = [
  ['AGENT_BUDGET', 'failure', call(400, 'The budget of this work order is used up (budget_exceeded).')],
  ['AGENT_BAD_REQUEST', 'failure', call(400, 'temperature: out of range')],
  ['AGENT_AUTHENTICATION', 'failure', call(401, 'invalid api key')],
  ['AGENT_QUOTA', 'failure', call(402, 'Insufficient balance')],
  ['AGENT_QUOTA', 'failure', call(429, 'Slow down', '{"error":{"code":"insufficient_quota"}}')],
  ['AGENT_MODEL_NOT_FOUND', 'failure', call(404, 'model not found: m1')],
  ['AGENT_RATE_LIMITED', 'failure', call(429, 'Too many requests')],
  ['AGENT_PROVIDER_DOWN', 'failure', call(500, 'Internal error')],
  [
    'AGENT_CONTEXT_TOO_LONG',
    'failure',
    error('ContextOverflowError', { message: 'Request exceeds the maximum size' }),
  ],
  [
    'AGENT_REFUSED',
    'refused',
    error('ContentFilterError', { message: "The response was blocked by the provider's content filter" }),
  ],
  [
    'AGENT_PROVIDER_DOWN',
    'failure',
    error('APIError', { message: 'Connection reset by server', isRetryable: true }),
  ],
  [
    'AGENT_PROVIDER_DOWN',
    'failure',
    error('UnknownError', { message: 'JSON parsing failed: Text: {"not": json.' }),
  ],
  ['AGENT_FAILED', 'failure', error('UnknownError', { message: 'something new' })],
  ['AGENT_FAILED', 'failure', { type: 'error' }],
];
test.each(failures)('%s: a failure is recognised by name and status', async (code, finalEvent, event) => {
  expect(await report(start, event)).toMatchObject({ finalEvent, failure: { code } });
  expect(await report(start, finish('content-filter'), event)).toMatchObject({
    finalEvent,
    failure: { code },
  });
});

test('an error from which it recovered does not affect the result', async () => {
  const events = [start, call(529, 'Overloaded'), start, says('All done.'), finish('stop')];
  expect(await report(...events)).toMatchObject({ finalEvent: 'success', failure: null });
});

test('an answer that was cut off at its limit, or refused, is not a success', async () => {
  expect(await report(start, says('Half of'), finish('length'))).toMatchObject({
    finalEvent: 'failure',
    failure: { code: 'AGENT_OUTPUT_LIMIT' },
  });
  expect(await report(start, finish('content-filter'))).toMatchObject({ finalEvent: 'refused' });
});

test('R-SES-5: a run whose last step wanted to go on was cut off', async () => {
  for (const reason of ['tool-calls', 'error', 'other'])
    expect(await report(start, says('Now I edit b.'), tool, finish(reason))).toMatchObject({
      finalEvent: 'cut_off',
      said: 'Now I edit b.',
      failure: { code: 'AGENT_CUT_OFF', message: expect.stringContaining('Now I edit b') },
    });
});

test('R-SES-5: without the end of a last step the result is missing, for example after an endless loop of calls', async () => {
  const loop = [start, finish('unknown', unused), start, finish('unknown', unused)];
  for (const events of [[], [start], [start, finish('stop'), start], loop])
    expect(await report(...events)).toMatchObject({
      finalEvent: 'missing',
      failure: { code: 'AGENT_NO_RESULT' },
    });
  expect((await report(...loop)).modelCalls).toBe(0);
});
