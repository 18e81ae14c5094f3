import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { createOpenCode } from './agent.ts';

// Checks how OpenCode is started; the contract suite checks that the real program accepts it.

const base = mkdtempSync(join(tmpdir(), 'moose-opencode-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A placeholder for the program, of which only the path matters here. */
const programPath = join(base, 'opencode');
writeFileSync(programPath, '#!/bin/sh\n');
chmodSync(programPath, 0o755);
const agent = createOpenCode({ programPath });

function makeTask(files: Readonly<Record<string, string>> = {}, wire: WireName = 'openai-chat'): AgentTask {
  const directory = mkdtempSync(join(base, 'task-'));
  const worktreePath = join(directory, 'worktree');
  mkdirSync(worktreePath);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(worktreePath, path)), { recursive: true });
    writeFileSync(join(worktreePath, path), content);
  }
  return {
    title: 'T',
    brief: 'Say "hi" to @all.',
    proposal: null,
    model: 'moose/gpt-5.1',
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

test('R-BUD-6: its configuration is entirely ours, and it downloads nothing', async () => {
  const task = makeTask();
  const { argv, env } = await agent.prepare(task);
  expect(argv[0]).toBe(programPath);
  expect(valueAfter(argv, '--model')).toBe('moose/gpt-5.1');
  expect(env).toMatchObject({ OPENCODE_DISABLE_PROJECT_CONFIG: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' });
  const configuration = JSON.parse(env.OPENCODE_CONFIG_CONTENT ?? '');
  expect(configuration.provider.moose).toMatchObject({
    npm: '@ai-sdk/openai-compatible',
    options: { baseURL: 'http://127.0.0.1:9/s/id/openai/v1', apiKey: 'session-key' },
    models: { 'gpt-5.1': { limit: { output: 32_000 } } },
  });
  expect(configuration).toMatchObject({ small_model: 'moose/gpt-5.1', plugin: [] });
  const folder = join(env.XDG_CONFIG_HOME ?? '', 'opencode');
  expect(readFileSync(join(folder, 'package-lock.json'), 'utf8')).toContain('@opencode-ai/plugin');
});

test("over Anthropic it gets that protocol's settings, and a protocol that it does not speak is refused", async () => {
  const { env } = await agent.prepare(makeTask({}, 'anthropic-messages'));
  expect(env.OPENCODE_CONFIG_CONTENT).toContain('@ai-sdk/anthropic');
  await expect(agent.prepare(makeTask({}, 'gemini'))).rejects.toMatchObject({
    code: 'AGENT_GATEWAY_MISSING',
  });
});

test('its prompt is in a file, because on the command line it would be quoted', async () => {
  const { argv } = await agent.prepare(makeTask());
  expect(readFileSync(valueAfter(argv, '--file') ?? '', 'utf8')).toContain('Say "hi" to @all.');
  expect(argv.join(' ')).not.toContain('@all');
});

const plugins: Record<string, string>[] = [
  { '.opencode/plugin/theirs.ts': '' },
  { '.opencode/plugins/theirs.js': '' },
  { 'opencode.json': '{"plugin": ["theirs"]}' },
  { 'opencode.json': '{"pl\\u0075gin": ["theirs"]}' },
  { 'opencode.jsonc': '{ /* ours */ "plugin": ["theirs"] }' },
  { 'opencode.jsonc': '{ /* ours */ "pl\\u0075gin": ["theirs"] }' },
  { '.opencode/opencode.jsonc': '{"plugins": [{"package": "theirs"}]}' },
];
test.each(plugins)('R-BUD-6: a repository with plugins is refused: %o', async (files) => {
  await expect(agent.prepare(makeTask(files))).rejects.toMatchObject({
    code: 'AGENT_REPOSITORY_PLUGINS',
    category: 'configuration',
  });
});

test('a repository with other settings for it is not refused', async () => {
  const files = {
    '.opencode/plugin/README.md': 'None yet.',
    '.opencode/command/test.md': 'Test.',
    'opencode.json': '{"model": "x/y", "plugin": []}',
    'opencode.jsonc': '{ /* ours */ "model": "x/y" }',
  };
  expect((await agent.prepare(makeTask(files))).argv).toContain('--title');
});

/** Writes a conversation into a database with OpenCode's columns, as far as Moose reads them. */
function keepConversation({ homePath, worktreePath }: AgentTask, id: string, ...messages: object[]): void {
  const folder = join(homePath, '.local', 'share', 'opencode');
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'opencode.db'));
  database.exec(`
    create table if not exists session (id text primary key, parent_id text, directory text, time_created integer);
    create table if not exists message (id text primary key, session_id text, data text)`);
  const { count } = database.prepare('select count(*) as count from session').get() ?? {};
  database.prepare('insert into session values (?, null, ?, ?)').run(id, worktreePath, Number(count));
  const insert = database.prepare('insert into message values (?, ?, ?)');
  for (const [index, message] of messages.entries())
    insert.run(`msg_${id}_${index}`, id, JSON.stringify(message));
  database.close();
}

const asked = { role: 'user' };
const answered = { role: 'assistant', finish: 'stop' };
const failed = (statusCode: number, message: string) => ({
  role: 'assistant',
  error: { name: 'APIError', data: { message, statusCode } },
});
const session = async (task: AgentTask) => {
  const { argv } = await agent.prepare(task);
  return argv.includes('--session') ? valueAfter(argv, '--session') : null;
};

test('a conversation of this worktree is resumed, unless the provider refused its last request', async () => {
  const task = makeTask();
  expect(await session(task)).toBeNull();
  keepConversation(task, 'ses_1', asked, answered);
  expect(await session(task)).toBe('ses_1');
  expect(await session({ ...task, worktreePath: makeTask().worktreePath })).toBeNull();
  keepConversation(task, 'ses_2', asked, failed(400, 'The budget is used up (budget_exceeded).'));
  expect(await session(task)).toBe('ses_2');
  keepConversation(task, 'ses_3', asked, answered, asked, failed(400, 'temperature: out of range'));
  expect(await session(task)).toBeNull();
});

test('a file that is not a database has no conversation', async () => {
  const task = makeTask();
  const folder = join(task.homePath, '.local', 'share', 'opencode');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'opencode.db'), 'x'.repeat(10_000));
  expect(await session(task)).toBeNull();
});

test('R-SES-6: fear: a session leaves a pipe, or a query without end, in place of its conversations, and all of Moose stands still', async () => {
  const task = makeTask();
  const folder = join(task.homePath, '.local', 'share', 'opencode');
  mkdirSync(folder, { recursive: true });
  execFileSync('mkfifo', [join(folder, 'opencode.db')]);
  expect((await agent.prepare(task)).argv).not.toContain('--session');
  rmSync(join(folder, 'opencode.db'));
  const database = new DatabaseSync(join(folder, 'opencode.db'));
  database.exec(`
    create table message (id text, session_id text, data text);
    insert into message values ('msg_1', 'ses_1', '{}');
    create view session as
      with recursive counted (n) as (select 1 union all select n + 1 from counted)
      select 'ses_1' as id, '${task.worktreePath}' as directory, null as parent_id, n as time_created from counted;`);
  database.close();
  expect((await agent.prepare(task)).argv).not.toContain('--session');
});
