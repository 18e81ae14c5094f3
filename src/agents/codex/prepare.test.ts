import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { createCodex } from './agent.ts';

// Checks how Codex is started; the contract suite checks that the real program accepts it.

function scene(): { task: AgentTask; codexHome: string; prepare(): Promise<readonly string[]> } {
  const base = mkdtempSync(join(tmpdir(), 'moose-codex-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const programPath = join(base, 'codex');
  writeFileSync(programPath, '#!/bin/sh\n');
  chmodSync(programPath, 0o755);
  const [worktreePath, sessionPath, homePath] = ['worktree', 'session', 'home'].map((name) =>
    join(base, name),
  );
  const task: AgentTask = {
    title: 'T',
    brief: 'B',
    proposal: null,
    model: 'openai/gpt-5.1',
    outputTokensMax: 8_000,
    worktreePath: worktreePath ?? '',
    sessionPath: sessionPath ?? '',
    homePath: homePath ?? '',
    gateway: { url: 'http://127.0.0.1:9/s/id/openai', key: 'key', wire: 'openai-responses' },
    spendLimitNanoUsd: 1n,
  };
  mkdirSync(task.worktreePath);
  const agent = createCodex({ programPath });
  return {
    task,
    codexHome: join(task.homePath, '.codex'),
    prepare: async () => (await agent.prepare(task)).argv,
  };
}

test('R-BUD-6: its provider is the gateway, and its home is the work order’s', async () => {
  const { task, codexHome, prepare } = scene();
  mkdirSync(codexHome, { recursive: true });
  writeFileSync(join(codexHome, 'config.toml'), 'model_provider = "theirs"\n');
  const argv = await prepare();
  expect(argv).toContain('model_provider="moose"');
  expect(argv.find((each) => each.startsWith('model_providers.moose='))).toContain(
    'base_url = "http://127.0.0.1:9/s/id/openai/v1"',
  );
  expect(argv).toContain('--ignore-user-config');
  expect(readFileSync(join(codexHome, 'config.toml'), 'utf8')).toBe('');
  expect(argv.at(-1)).toMatch(/^Work order: T\n/);
  expect(task.brief).toBe('B');
});

const ids = ['01a1f92d-3a7e-7630-be29-961f0e809404', '01a1f92d-76f2-7790-ae7c-1fdbf96b10ae'] as const;

function talked(codexHome: string, day: string, id: string, ...events: object[]): void {
  const folder = join(codexHome, 'sessions', ...day.split('-'));
  mkdirSync(folder, { recursive: true });
  const text = events.map((payload) => JSON.stringify({ type: 'event_msg', payload })).join('\n');
  writeFileSync(join(folder, `rollout-${day}T13-37-33-${id}.jsonl`), `${text}\n{"half`);
}

test('R-SES-2: the newest conversation of its home is continued', async () => {
  const { codexHome, prepare } = scene();
  expect(await prepare()).not.toContain('resume');
  talked(codexHome, '2026-09-30', ids[0], { type: 'task_complete', error: null });
  talked(codexHome, '2026-11-02', ids[1]);
  const argv = await prepare();
  expect(argv.slice(1, 3)).toEqual(['exec', 'resume']);
  expect(argv.at(-2)).toBe(ids[1]);
});

test.each([
  ['{"error":{"message":"prompt is too long: 210000 tokens"}}', false],
  ['{"error":{"message":"temperature: out of range"}}', false],
  ['{"error":{"message":"The limit is reached (budget_exceeded)."}}', true],
  ['unexpected status 503 Service Unavailable: Not now.', true],
])('a conversation whose request the provider refused is not sent again: %s', async (message, isResumed) => {
  const { codexHome, prepare } = scene();
  talked(codexHome, '2026-11-02', ids[0], { type: 'task_complete', error: { message } });
  expect((await prepare()).includes('resume')).toBe(isResumed);
});

test('R-PROJ-9: with a login it is told no gateway, and finds the login through a link', async () => {
  const { task, codexHome, prepare } = scene();
  const { gateway: _, ...rest } = task;
  const loginPath = join(task.homePath, '..', 'login');
  const agent = createCodex({ programPath: join(task.homePath, '..', 'codex') });
  const { argv, env, writes } = await agent.prepare({ ...rest, gateway: null, model: null, loginPath });
  expect(argv).toContain('forced_login_method="chatgpt"');
  expect(argv).not.toContain('-m');
  expect(argv.join(' ')).not.toMatch(/model_provider|127\.0\.0\.1/);
  expect(env).not.toHaveProperty('MOOSE_GATEWAY_KEY');
  expect(writes).toEqual([loginPath]);
  expect(readlinkSync(join(codexHome, 'auth.json'))).toBe(join(loginPath, 'auth.json'));
  // A later session through the gateway does not find the login any more.
  await prepare();
  expect(existsSync(join(codexHome, 'auth.json'))).toBe(false);
  expect(agent.login?.signIn('/folder', { OPENAI_API_KEY: 'k' })).toMatchObject({
    argv: [expect.any(String), 'login', '--device-auth', '-c', 'cli_auth_credentials_store="file"'],
    env: { CODEX_HOME: '/folder', HOME: '/folder' },
  });
});

test('R-AGENT-4: with a server of Moose alone, Codex still reads the instructions of the worktree by itself', async () => {
  const { task, prepare } = scene();
  task.servers = [{ name: 'moose', command: 'node', args: ['x.js'], env: {} }];
  const argv = await prepare();
  expect(argv.find((each) => each.startsWith('mcp_servers.moose='))).toContain('"x.js"');
  expect(argv).not.toContain('project_doc_max_bytes=0');
  task.assets = { instructions: [], skills: [], servers: [] };
  expect(await prepare()).toContain('project_doc_max_bytes=0');
});
