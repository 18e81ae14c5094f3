import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { createGeminiCli } from './agent.ts';
import { noteEnd } from './conversation.ts';

// Checks how Gemini CLI is started; the contract suite checks that the real program accepts it.

const base = mkdtempSync(join(tmpdir(), 'moose-gemini-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A placeholder for the program, of which only the path matters here. */
const programPath = join(base, 'gemini');
writeFileSync(programPath, '#!/bin/sh\n');
chmodSync(programPath, 0o755);

const ids = [1, 2, 3, 4].map((n) => `0000000${n}-0000-4000-8000-000000000000`);

function makeAgent() {
  let made = 0;
  return createGeminiCli({ programPath, newConversationId: () => ids[made++] ?? '' });
}

function makeTask(changes: Partial<AgentTask> = {}): AgentTask {
  const directory = mkdtempSync(join(base, 'task-'));
  const worktreePath = join(directory, 'worktree');
  mkdirSync(worktreePath);
  return {
    title: 'T',
    brief: 'B',
    proposal: null,
    model: 'gemini/gemini-2.5-pro',
    worktreePath,
    sessionPath: join(directory, 'session'),
    homePath: join(directory, 'home'),
    gateway: { url: 'http://127.0.0.1:9/s/id/gemini', key: 'session-key', wire: 'gemini' },
    outputTokensMax: 32_000,
    spendLimitNanoUsd: 1n,
    ...changes,
  };
}

function valueAfter(argv: readonly string[], flag: string): string | undefined {
  return argv[argv.indexOf(flag) + 1];
}

test('R-BUD-6: its settings are rewritten, and every variable that a `.env` could set is set', async () => {
  const task = makeTask();
  mkdirSync(join(task.homePath, '.gemini'), { recursive: true });
  writeFileSync(
    join(task.homePath, '.gemini', 'settings.json'),
    '{"security":{"auth":{}},"mcpServers":{"x":{}}}',
  );
  const { argv, env } = await makeAgent().prepare(task);
  expect(argv[0]).toBe(programPath);
  expect(argv).toContain('--skip-trust');
  expect(valueAfter(argv, '--model')).toBe('gemini-2.5-pro');
  expect(env).toMatchObject({
    GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9/s/id/gemini',
    GEMINI_API_KEY: 'session-key',
    GOOGLE_API_KEY: '',
    GEMINI_CLI_NO_RELAUNCH: 'true',
  });
  expect(env).not.toHaveProperty('GEMINI_CLI_TRUST_WORKSPACE');
  const settings = JSON.parse(readFileSync(join(task.homePath, '.gemini', 'settings.json'), 'utf8'));
  expect(settings).toMatchObject({ security: { auth: { useExternal: true } }, general: { maxAttempts: 2 } });
  expect(settings).not.toHaveProperty('mcpServers');
  const [override] = settings.modelConfigs.customOverrides;
  expect(override.modelConfig).toEqual({
    model: 'gemini-2.5-pro',
    generateContentConfig: { maxOutputTokens: 32_000 },
  });
});

test('a prompt with an `@`, which it would read as a file name, is passed in a file that it may read', async () => {
  const task = makeTask({ brief: 'Use @Injectable() of @src.' });
  const { argv } = await makeAgent().prepare(task);
  const folder = valueAfter(argv, '--include-directories') ?? '';
  expect(valueAfter(argv, '-p')).toContain(join(folder, 'prompt.md'));
  expect(valueAfter(argv, '-p')).not.toContain('@');
  expect(readFileSync(join(folder, 'prompt.md'), 'utf8')).toContain('Use @Injectable() of @src.');
});

/** Writes a transcript where Gemini CLI keeps it. */
function keepTranscript({ homePath, worktreePath }: AgentTask, id: string): void {
  const own = join(homePath, '.gemini');
  const chats = join(own, 'tmp', 'worktree', 'chats');
  mkdirSync(chats, { recursive: true });
  writeFileSync(
    join(own, 'projects.json'),
    JSON.stringify({ projects: { [worktreePath]: 'worktree' } }, null, 2),
  );
  writeFileSync(join(chats, `session-2026-11-20T13-41-${id.slice(0, 8)}.jsonl`), '');
}

test('a conversation is resumed if its transcript belongs to this worktree', async () => {
  const agent = makeAgent();
  const task = makeTask();
  const first = valueAfter((await agent.prepare(task)).argv, '--session-id') ?? '';
  expect(first).toBe(ids[0]);
  // There is no transcript, so the conversation was never started.
  expect(valueAfter((await agent.prepare(task)).argv, '--session-id')).toBe(ids[1]);
  keepTranscript(task, ids[1] ?? '');
  expect(valueAfter((await agent.prepare(task)).argv, '--resume')).toBe(ids[1]);
  const elsewhere = { ...task, worktreePath: makeTask().worktreePath };
  expect(valueAfter((await agent.prepare(elsewhere)).argv, '--session-id')).toBe(ids[2]);
});

test('a conversation whose last request the provider refused is not resumed', async () => {
  const agent = makeAgent();
  const task = makeTask();
  await agent.prepare(task);
  keepTranscript(task, ids[0] ?? '');
  await noteEnd(task.sessionPath, 'rate_limited');
  expect((await agent.prepare(task)).argv).toContain('--resume');
  await noteEnd(task.sessionPath, 'context_too_long');
  const next = { ...task, sessionPath: `${task.sessionPath}-2` };
  expect(valueAfter((await agent.prepare(next)).argv, '--session-id')).toBe(ids[1]);
});
