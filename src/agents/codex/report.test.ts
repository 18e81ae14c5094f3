import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentReport } from '../../engine/ports/agent.ts';
import { reportCodex } from './report.ts';

const base = mkdtempSync(join(tmpdir(), 'moose-codex-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const end = { exitCode: 1, signal: null, reason: null, startedAt: new Date(0), endedAt: new Date(1_000) };

async function report(...events: object[]): Promise<AgentReport> {
  const [stdoutPath, stderrPath] = [join(base, 'stdout.log'), join(base, 'stderr.log')];
  writeFileSync(stdoutPath, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  writeFileSync(stderrPath, 'Reading additional input from stdin...\n');
  return await reportCodex({ sessionPath: base, stdoutPath, stderrPath }, end);
}

// Messages in the format of version 0.169.0.
const started = [{ type: 'thread.started', thread_id: '01a1f92c-9ea2' }, { type: 'turn.started' }];
const noMetadata = {
  type: 'item.completed',
  item: { id: 'item_0', type: 'error', message: 'Model metadata for `gpt-5.1` not found.' },
};
const said = { type: 'item.completed', item: { id: 'item_1', type: 'agent_message', text: 'All done.' } };
const completed = { type: 'turn.completed', usage: { input_tokens: 2_468, output_tokens: 112 } };

test('a success, with an error among its items: its last message', async () => {
  expect(await report(...started, noMetadata, said, completed)).toEqual({
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

test('a turn that failed has failed, whatever was reported before it', async () => {
  const message = 'unexpected status 402 Payment Required: no money, url: http://127.0.0.1:1/v1/responses';
  const { finalEvent, failure, summary } = await report(
    ...started,
    said,
    { type: 'error', message: `Reconnecting... 1/2 (${message})` },
    { type: 'error', message },
    { type: 'turn.failed', error: { message } },
  );
  expect(finalEvent).toBe('failure');
  expect(summary).toContain('no money');
  expect(failure).toMatchObject({ code: 'AGENT_QUOTA', metadata: { kind: 'quota', status: 402 } });
});

test('R-SES-5: without the end of its turn the result is missing, even after an error from which it may recover', async () => {
  const reconnecting = { type: 'error', message: 'Reconnecting... 1/2 (stream disconnected)' };
  for (const events of [[], started, [...started, said], [...started, reconnecting]])
    expect(await report(...events)).toMatchObject({
      finalEvent: 'missing',
      failure: { code: 'AGENT_NO_RESULT' },
    });
  expect(await report(...started, completed, { type: 'turn.started' })).toMatchObject({
    finalEvent: 'missing',
  });
});

test('a failure without a message is still a failure', async () => {
  expect(await report(...started, { type: 'turn.failed' })).toMatchObject({
    finalEvent: 'failure',
    failure: { code: 'AGENT_FAILED', message: 'Codex reported a failure: it gave no reason.' },
  });
});

test('R-PROJ-9: a used-up subscription names the time at which it resets', async () => {
  const limit = (when: string) => `You've hit your usage limit. Upgrade to Pro or try again at ${when}.`;
  const said = (message: string) => report(...started, { type: 'turn.failed', error: { message } });
  const local = new Date(1971, 1, 21, 21, 53).getTime() - end.endedAt.getTime();
  expect(await said(limit('Feb 21st, 1971 9:53 PM'))).toMatchObject({
    failure: { code: 'AGENT_USAGE_LIMIT', category: 'external', retryAfterMs: local },
  });
  expect(await said(limit('a later time'))).toMatchObject({
    failure: { code: 'AGENT_USAGE_LIMIT', retryAfterMs: 3_600_000 },
  });
});

test('R-SES-5: a turn that is completed in the middle of an edit was cut off', async () => {
  const item = { id: 'item_2', type: 'file_change', changes: [] };
  const begun = { type: 'item.started', item };
  expect(await report(...started, said, begun, completed)).toMatchObject({
    finalEvent: 'cut_off',
    failure: { code: 'AGENT_CUT_OFF' },
  });
  const ended = { type: 'item.completed', item };
  expect(await report(...started, begun, ended, said, completed)).toMatchObject({ finalEvent: 'success' });
  const server = { type: 'item.started', item: { id: 'item_3', type: 'command_execution' } };
  expect(await report(...started, server, said, completed)).toMatchObject({ finalEvent: 'success' });
});
