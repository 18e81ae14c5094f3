import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentReport } from '../../engine/ports/agent.ts';
import { reportQwenCode } from './report.ts';

const base = mkdtempSync(join(tmpdir(), 'moose-qwen-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function report(...events: object[]): Promise<AgentReport> {
  const [stdoutPath, stderrPath] = [join(base, 'stdout.log'), join(base, 'stderr.log')];
  writeFileSync(stdoutPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  writeFileSync(stderrPath, 'Ripgrep not available.\n');
  const end = { exitCode: 0, signal: null, reason: null, startedAt: new Date(0), endedAt: new Date(1_000) };
  return await reportQwenCode({ sessionPath: base, stdoutPath, stderrPath }, end);
}

// Messages in the format of version 0.24.4, shortened to what is read.
const init = { type: 'system', subtype: 'init', session_id: 'b1d00e95', model: 'm1' };
const says = (text: string, input = 1_234) => ({
  type: 'assistant',
  message: {
    role: 'assistant',
    model: 'm1',
    content: [{ type: 'text', text }],
    stop_reason: null,
    usage: { input_tokens: input, output_tokens: 56, cache_read_input_tokens: 0, total_tokens: input + 56 },
  },
});
const usage = { input_tokens: 2_468, output_tokens: 112, cache_read_input_tokens: 7, total_tokens: 2_580 };
const success = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 2,
  result: 'All done.',
  usage,
};
const failed = (message: string) => ({
  type: 'result',
  subtype: 'error_during_execution',
  is_error: true,
  num_turns: 1,
  usage: { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0 },
  error: { message },
});

test('a success: its message, its calls, its tokens', async () => {
  expect(await report(init, says('I look.'), says('All done.'), success)).toEqual({
    finalEvent: 'success',
    summary: 'All done.',
    said: 'All done.',
    failure: null,
    costNanoUsd: null,
    modelCalls: 2,
    inputTokens: 2_468,
    outputTokens: 112,
  });
});

test('a failed call is recognised by its final event, and does not count as a call', async () => {
  const message = '[API Error: 402 Insufficient balance]';
  expect(await report(init, says(message, 0), failed(message))).toMatchObject({
    finalEvent: 'failure',
    summary: message,
    failure: { code: 'AGENT_QUOTA', metadata: { status: 402 } },
    modelCalls: 0,
  });
});

test('its loop detector ends it with an error', async () => {
  const halted = failed('Loop detection halted the run (consecutive_identical_tool_calls: …).');
  expect(await report(init, halted)).toMatchObject({ failure: { code: 'AGENT_REPETITION' } });
});

test('a success whose message reports a failed call, as in earlier versions, is a failure', async () => {
  const lie = { ...success, result: '[API Error: 401 invalid api key]' };
  expect(await report(init, lie)).toMatchObject({
    finalEvent: 'failure',
    failure: { code: 'AGENT_AUTHENTICATION' },
  });
  const { is_error: _, ...unclear } = success;
  expect(await report(init, unclear)).toMatchObject({
    finalEvent: 'failure',
    failure: { code: 'AGENT_FAILED' },
  });
});

test('R-SES-5: without a final event the result is missing, regardless of the exit code', async () => {
  for (const events of [[], [init], [init, says('All done.')]])
    expect(await report(...events)).toMatchObject({
      finalEvent: 'missing',
      failure: { code: 'AGENT_NO_RESULT' },
    });
});

test('R-SES-5: a success whose last message wanted to go on, or ended at a limit, is none', async () => {
  const ends = (stop_reason: string) => ({
    ...says('Now b.'),
    message: { ...says('Now b.').message, stop_reason },
  });
  expect(await report(init, ends('tool_use'), success)).toMatchObject({ failure: { code: 'AGENT_CUT_OFF' } });
  expect(await report(init, ends('max_tokens'), success)).toMatchObject({
    failure: { code: 'AGENT_OUTPUT_LIMIT' },
  });
  expect(await report(init, success, says('Another turn'))).toMatchObject({
    finalEvent: 'missing',
    said: 'Another turn',
  });
});
