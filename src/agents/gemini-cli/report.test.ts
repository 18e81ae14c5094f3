import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AgentReport } from '../../engine/ports/agent.ts';
import { reportGeminiCli } from './report.ts';

function makeSession(): string {
  const sessionPath = mkdtempSync(join(tmpdir(), 'moose-gemini-'));
  onTestFinished(() => rmSync(sessionPath, { recursive: true, force: true }));
  return sessionPath;
}

async function report(events: object[], exitCode = 0, sessionPath = makeSession()): Promise<AgentReport> {
  const [stdoutPath, stderrPath] = [join(sessionPath, 'stdout.log'), join(sessionPath, 'stderr.log')];
  writeFileSync(stdoutPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  writeFileSync(stderrPath, 'YOLO mode is enabled. All tool calls will be automatically approved.\n');
  const end = { exitCode, signal: null, reason: null, startedAt: new Date(0), endedAt: new Date(1_000) };
  return await reportGeminiCli({ sessionPath, stdoutPath, stderrPath }, end);
}

// Messages in the format of version 0.61.0, shortened to what is read.
const init = { type: 'init', session_id: 'e4f5780d', model: 'gemini-2.5-pro' };
const prompt = { type: 'message', role: 'user', content: 'Work order: Greet' };
const tool = { type: 'tool_use', tool_name: 'write_file', parameters: {} };
const says = (content: string) => ({ type: 'message', role: 'assistant', content, delta: true });
const stats = { total_tokens: 2_580, input_tokens: 2_468, output_tokens: 100, cached: 0, tool_calls: 1 };
const success = { type: 'result', status: 'success', stats };
const nothingUsed = { ...stats, total_tokens: 0, input_tokens: 0, output_tokens: 0 };
const failed = (message: string) => ({
  type: 'result',
  status: 'error',
  error: { type: 'unknown', message },
  stats: nothingUsed,
});
const told = (message: string, severity = 'error') => ({ type: 'error', severity, message });

test('a success: the message after its last tool call, and its tokens including thinking', async () => {
  expect(
    await report([init, prompt, says('I '), says('look.'), tool, says('All '), says('done.'), success]),
  ).toEqual({
    finalEvent: 'success',
    summary: 'All done.',
    said: 'All done.',
    failure: null,
    costNanoUsd: null,
    modelCalls: null,
    inputTokens: 2_468,
    outputTokens: 112,
  });
});

test('a success reported by its loop detector is a failure', async () => {
  const events = [init, prompt, tool, told('Loop detected, stopping execution', 'warning'), success];
  expect(await report(events)).toMatchObject({
    finalEvent: 'failure',
    failure: { code: 'AGENT_REPETITION' },
    inputTokens: 2_468,
  });
});

test('a warning after which it continued is not the result', async () => {
  const events = [init, told('Agent execution blocked: later', 'warning'), says('All done.'), success];
  expect(await report(events)).toMatchObject({ finalEvent: 'success', failure: null });
});

test('a failed call is recognised by its final event', async () => {
  const { finalEvent, failure, summary } = await report(
    [init, prompt, failed('[API Error: {"error":{"code":402,"message":"Insufficient balance"}}]')],
    146,
  );
  expect({ finalEvent, status: failure?.metadata.status }).toEqual({ finalEvent: 'failure', status: 402 });
  expect(failure).toMatchObject({ code: 'AGENT_QUOTA' });
  expect(summary).toContain('Insufficient balance');
});

test('a final event without an error takes the error reported before it', async () => {
  const refused = told('The model response was blocked due to safety settings.');
  const { error: _, ...ending } = failed('');
  expect(await report([init, prompt, refused, ending])).toMatchObject({
    finalEvent: 'refused',
    failure: { code: 'AGENT_REFUSED' },
  });
  expect(await report([init, prompt, ending])).toMatchObject({ failure: { code: 'AGENT_FAILED' } });
});

test('a request that the provider refused is noted for the next session', async () => {
  const sessionPath = makeSession();
  const tooLong = failed(
    '[API Error: {"error":{"code":400,"message":"The input token count is too large"}}]',
  );
  await report([init, prompt, tooLong], 144, sessionPath);
  expect(existsSync(join(sessionPath, 'request-refused'))).toBe(true);
  const other = makeSession();
  await report([init, prompt, failed('[API Error: Service unavailable]')], 247, other);
  expect(existsSync(join(other, 'request-refused'))).toBe(false);
});

test('R-SES-5: its last words are told, also if a tool that it called after them never answers', async () => {
  const begun = [init, prompt, says('Which of '), says('the two?'), tool];
  expect(await report(begun)).toMatchObject({ finalEvent: 'missing', said: 'Which of the two?' });
  expect(await report([...begun, success])).toMatchObject({
    finalEvent: 'cut_off',
    said: 'Which of the two?',
  });
});

test('R-SES-5: without a final event the result is missing, regardless of the exit code', async () => {
  for (const events of [[], [init], [init, prompt, says('All done.')]])
    expect(await report(events)).toMatchObject({
      finalEvent: 'missing',
      failure: { code: 'AGENT_NO_RESULT' },
    });
});

test('R-SES-5: a success right after a tool that has not answered, or after a cut answer, is none', async () => {
  expect(await report([init, prompt, says('Now b.'), tool, success])).toMatchObject({
    finalEvent: 'cut_off',
    failure: { code: 'AGENT_CUT_OFF' },
  });
  const cut = told('Model response was truncated because it exceeded the token limit.', 'warning');
  expect(await report([init, prompt, says('Half of'), cut, success])).toMatchObject({
    failure: { code: 'AGENT_OUTPUT_LIMIT' },
  });
  expect(await report([init, cut, says('All done.'), success])).toMatchObject({ finalEvent: 'success' });
  const answered = { type: 'tool_result', tool_id: 't', status: 'success' };
  expect(await report([init, tool, answered, success])).toMatchObject({ finalEvent: 'success' });
});
