import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SessionEnd } from '../../domain/machine/session.ts';
import { reportPi } from './report.ts';

const startedAt = new Date('2026-11-20T10:00:00Z');
const endedAt = new Date('2026-11-20T10:00:01Z');
const exited: SessionEnd = { exitCode: 0, signal: null, reason: null, startedAt, endedAt };

async function report(events: readonly (object | string)[], end: Partial<SessionEnd> = {}) {
  const sessionPath = mkdtempSync(join(tmpdir(), 'moose-pi-'));
  onTestFinished(() => rmSync(sessionPath, { recursive: true, force: true }));
  const [stdoutPath, stderrPath] = [join(sessionPath, 'out'), join(sessionPath, 'err')] as const;
  const lines = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
  writeFileSync(stdoutPath, lines.map((line) => `${line}\n`).join(''));
  writeFileSync(stderrPath, '');
  return await reportPi({ sessionPath, stdoutPath, stderrPath }, { ...exited, ...end });
}

// Events as pi wrote them, without what is not read.

const began = [{ type: 'session', version: 3 }, { type: 'agent_start' }, { type: 'turn_start' }];
const usage = { input: 1_234, output: 56, cacheRead: 10, cacheWrite: 5, cacheWrite1h: 0, totalTokens: 1_305 };
const noUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 };
const settled = { type: 'agent_settled' };

function message(content: object[], rest: object) {
  return { type: 'message_end', message: { role: 'assistant', content, api: 'anthropic-messages', ...rest } };
}

const calledTool = message([{ type: 'toolCall', id: 't1', name: 'write', arguments: {} }], {
  usage,
  stopReason: 'toolUse',
  rawStopReason: 'tool_use',
});
const toolResult = {
  type: 'message_end',
  message: { role: 'toolResult', toolCallId: 't1', content: [{ type: 'text', text: 'written' }] },
};
const answered = message(
  [
    { type: 'thinking', thinking: 'so' },
    { type: 'text', text: 'Done:\nit says so.' },
  ],
  { usage, stopReason: 'stop', rawStopReason: 'end_turn' },
);
const overloaded = message([], { usage: noUsage, stopReason: 'error', errorMessage: '529 {}' });

test('R-SES-5: the last message counts, once pi has settled', async () => {
  const events = [...began, calledTool, toolResult, answered, { type: 'agent_end', messages: [] }, settled];
  expect(await report(events)).toEqual({
    finalEvent: 'success',
    summary: 'Done: it says so.',
    said: 'Done:\nit says so.',
    failure: null,
    costNanoUsd: null,
    modelCalls: 2,
    inputTokens: 2 * 1_249,
    outputTokens: 112,
  });
});

test('a failed run ends with exit code 0, and does not count as a success', async () => {
  const failed = await report([...began, calledTool, toolResult, overloaded, settled]);
  expect(failed).toMatchObject({
    finalEvent: 'failure',
    modelCalls: 1,
    failure: { code: 'AGENT_PROVIDER_DOWN', category: 'transient' },
  });
});

test('a call that failed and was retried does not affect the result', async () => {
  const again = { type: 'auto_retry_start', attempt: 1, maxAttempts: 2, delayMs: 1_000 };
  const events = [...began, overloaded, again, { type: 'agent_start' }, answered, settled];
  expect(await report(events)).toMatchObject({ finalEvent: 'success', modelCalls: 1 });
});

test('R-SES-5: its last words are told, also if it called a tool after them and was cut off', async () => {
  const asked = message([{ type: 'text', text: 'Which of the two?' }], { usage, stopReason: 'toolUse' });
  const stopped = [...began, asked, toolResult, calledTool];
  expect(await report(stopped)).toMatchObject({ finalEvent: 'missing', said: 'Which of the two?' });
  expect(await report([...stopped, settled])).toMatchObject({
    finalEvent: 'cut_off',
    said: 'Which of the two?',
  });
});

test('without its end the result is missing, whatever was written before', async () => {
  const events = [...began, calledTool, toolResult, answered];
  for (const each of [
    [],
    began,
    events,
    [...events, settled, { type: 'agent_start' }],
    ['{"type":"agent_se'],
  ]) {
    const { finalEvent, failure } = await report(each, { exitCode: null, signal: 'SIGKILL' });
    expect({ finalEvent, code: failure?.code }).toEqual({ finalEvent: 'missing', code: 'AGENT_NO_RESULT' });
  }
});

test('a run that settles without a message of the model is a failure', async () => {
  expect(await report([...began, settled])).toMatchObject({
    finalEvent: 'failure',
    failure: { code: 'AGENT_FAILED' },
  });
});

test('a run that is too long for one line is still read', async () => {
  const end = { type: 'agent_end', messages: ['x'.repeat(20_000_000)] };
  expect(await report([...began, answered, end, settled])).toMatchObject({ finalEvent: 'success' });
});
