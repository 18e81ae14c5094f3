import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { createQwenCode } from './agent.ts';

// Checks how Qwen Code is started; the contract suite checks that the real program accepts it.

const base = mkdtempSync(join(tmpdir(), 'moose-qwen-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A placeholder for the program, of which only the path matters here. */
const programPath = join(base, 'qwen');
writeFileSync(programPath, '#!/bin/sh\n');
chmodSync(programPath, 0o755);

const ids = [1, 2, 3].map((n) => `0000000${n}-0000-4000-8000-000000000000`);

function makeAgent() {
  let made = 0;
  return createQwenCode({ programPath, newConversationId: () => ids[made++] ?? '' });
}

function makeTask(wire: WireName = 'openai-chat'): AgentTask {
  const directory = mkdtempSync(join(base, 'task-'));
  const worktreePath = join(directory, 'worktree');
  mkdirSync(worktreePath);
  return {
    title: 'T',
    brief: 'B',
    proposal: null,
    model: 'openai/gpt-5.1',
    worktreePath,
    sessionPath: join(directory, 'session'),
    homePath: join(directory, 'home'),
    gateway: { url: 'http://127.0.0.1:9/s/id/openai', key: 'session-key', wire },
    outputTokensMax: 32_000,
    spendLimitNanoUsd: 1n,
  };
}

function valueAfter(argv: readonly string[], flag: string): string | undefined {
  return argv[argv.indexOf(flag) + 1];
}

test('R-BUD-6: its settings are rewritten, and its folder is not trusted', async () => {
  const task = makeTask();
  const settingsPath = join(task.homePath, '.qwen', 'settings.json');
  mkdirSync(dirname(settingsPath), { recursive: true });
  writeFileSync(settingsPath, '{"mcpServers":{"x":{}}}');
  const { argv, env } = await makeAgent().prepare(task);
  expect(argv[0]).toBe(programPath);
  expect(valueAfter(argv, '--model')).toBe('gpt-5.1');
  expect(valueAfter(argv, '--approval-mode')).toBe('default');
  expect(env).toMatchObject({ QWEN_CODE_NO_RELAUNCH: 'true' });
  expect(env.QWEN_CODE_TRUSTED_FOLDERS_PATH).toContain(task.sessionPath);
  const settings = JSON.parse(readFileSync(settingsPath, 'utf8'));
  expect(settings).toMatchObject({
    security: { folderTrust: { enabled: true } },
    memory: { enableManagedAutoMemory: false },
    model: { generationConfig: { maxRetries: 0, samplingParams: { max_tokens: 32_000 } } },
  });
  expect(settings).not.toHaveProperty('mcpServers');
});

const providers: [WireName, string, object][] = [
  [
    'openai-chat',
    'openai',
    { OPENAI_BASE_URL: 'http://127.0.0.1:9/s/id/openai/v1', OPENAI_API_KEY: 'session-key' },
  ],
  [
    'anthropic-messages',
    'anthropic',
    { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/s/id/openai', ANTHROPIC_API_KEY: 'session-key' },
  ],
  [
    'gemini',
    'gemini',
    { GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9/s/id/openai', GEMINI_API_KEY: 'session-key' },
  ],
];
test.each(providers)("over %s it gets that protocol's settings", async (wire, authType, variables) => {
  const { argv, env } = await makeAgent().prepare(makeTask(wire));
  expect(valueAfter(argv, '--auth-type')).toBe(authType);
  expect(env).toMatchObject(variables);
});

test('a protocol that it does not speak is refused', async () => {
  await expect(makeAgent().prepare(makeTask('openai-responses'))).rejects.toMatchObject({
    code: 'AGENT_GATEWAY_MISSING',
  });
});

/** Writes a transcript where Qwen Code keeps it. */
function keepTranscript({ homePath, worktreePath }: AgentTask, id: string, ...calls: object[]): void {
  const folder = worktreePath.replaceAll(/[^a-zA-Z0-9]/g, '-');
  const path = join(homePath, '.qwen', 'projects', folder, 'chats', `${id}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const entries = calls.map((uiEvent) => ({
    type: 'system',
    subtype: 'ui_telemetry',
    systemPayload: { uiEvent },
  }));
  const lines = [{ type: 'user' }, ...entries, { type: 'system', subtype: 'snapshot' }];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const failedCall = (message: string, status: number) => ({
  'event.name': 'qwen-code.api_error',
  error_message: message,
  status_code: status,
});

test('a conversation is resumed, unless the provider refused its last request', async () => {
  const agent = makeAgent();
  const task = makeTask();
  expect(valueAfter((await agent.prepare(task)).argv, '--session-id')).toBe(ids[0]);
  const answered = { 'event.name': 'qwen-code.api_response', status_code: 200 };
  const tooLong = failedCall("400 This model's maximum context length is 128000 tokens.", 400);
  for (const calls of [
    [],
    [failedCall('529 Overloaded', 529)],
    [failedCall('400 The budget is used up (budget_exceeded).', 400)],
    [tooLong, answered],
  ]) {
    keepTranscript(task, ids[0] ?? '', ...calls);
    expect(valueAfter((await agent.prepare(task)).argv, '--resume')).toBe(ids[0]);
  }
  keepTranscript(task, ids[0] ?? '', answered, tooLong);
  expect(valueAfter((await agent.prepare(task)).argv, '--session-id')).toBe(ids[1]);
});
