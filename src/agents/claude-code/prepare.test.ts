import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { inlineBriefBytesMax, promptFileName } from '../prompt.ts';
import { createClaudeCode } from './agent.ts';

// Checks how Claude Code is started; `real-program.test.ts` checks that the real program accepts it.

const base = mkdtempSync(join(tmpdir(), 'moose-prepare-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A placeholder for the program, of which only the path matters here. */
const programPath = join(base, 'claude');
writeFileSync(programPath, '#!/bin/sh\necho "$0 unknown"\n');
chmodSync(programPath, 0o755);

const ids = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
function agent(options: { programPath?: string; searchPath?: string } = { programPath }) {
  let made = 0;
  const newSessionId = (): string => ids[made++] ?? '';
  return createClaudeCode({ newSessionId, ...options });
}

function task(changes: Partial<AgentTask> = {}): AgentTask {
  const directory = mkdtempSync(join(base, 'task-'));
  const [worktreePath, sessionPath, homePath] = ['worktree', 'session', 'home'].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  mkdirSync(worktreePath);
  return {
    title: 'T',
    brief: 'B',
    proposal: null,
    worktreePath,
    sessionPath,
    homePath,
    model: 'anthropic/claude-x',
    gateway: { url: 'http://127.0.0.1:9/s/id/anthropic', key: 'key', wire: 'anthropic-messages' },
    outputTokensMax: 32_000,
    spendLimitNanoUsd: 1_234_567_890n,
    ...changes,
  };
}

function valueAfter(argv: readonly string[], flag: string): string | undefined {
  return argv[argv.indexOf(flag) + 1];
}

test('R-BUD-6: every protection is on the command line and in the environment', async () => {
  const at = task();
  const { argv, env } = await agent().prepare(at);
  expect(argv[0]).toBe(programPath);
  expect(valueAfter(argv, '--setting-sources')).toBe('user');
  expect(argv).toContain('--strict-mcp-config');
  expect(valueAfter(argv, '--model')).toBe('claude-x');
  expect(valueAfter(argv, '--max-budget-usd')).toBe('1.234567890');
  expect(valueAfter(argv, '--session-id')).toBe(ids[0]);
  expect(env).toMatchObject({
    HOME: at.homePath,
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/s/id/anthropic',
    ANTHROPIC_API_KEY: 'key',
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: '32000',
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1',
  });
  expect(readFileSync(join(at.homePath, '.claude', 'settings.json'), 'utf8')).toBe('{}\n');
});

test('a prompt never begins like an option or a command, and contains no NUL', async () => {
  for (const text of ['--resume x', '/clear', '@/etc/passwd', '!ls', 'a\0b']) {
    const { argv } = await agent().prepare(task({ title: text, brief: text }));
    expect(valueAfter(argv, '-p')).toMatch(/^Work order: /);
    expect(argv.join('')).not.toContain('\0');
  }
});

test('a brief is measured in bytes, not in characters', async () => {
  const at = task({ brief: 'ü'.repeat(inlineBriefBytesMax / 2 + 1) });
  const { argv } = await agent().prepare(at);
  expect(Math.max(...argv.map((argument) => Buffer.byteLength(argument)))).toBeLessThan(4_096);
  expect(readFileSync(join(at.sessionPath, 'brief.md'), 'utf8')).toBe(`${at.brief}\n`);
  const full = await agent().prepare(
    task({ brief: 'x'.repeat(inlineBriefBytesMax), title: 'ü'.repeat(9_999) }),
  );
  expect(Buffer.byteLength(valueAfter(full.argv, '-p') ?? '')).toBeLessThan(128 * 1024);
});

test('fear: a trusted repository with many skills makes the prompt too long to start the program', async () => {
  const skill = { name: 's', description: 'ü'.repeat(500), copy: join('/', 'x'.repeat(200), 'SKILL.md') };
  const assets = { instructions: [], skills: Array.from({ length: 50 }, () => skill), servers: [] };
  const at = task({ brief: 'x'.repeat(inlineBriefBytesMax), assets });
  const prompt = valueAfter((await agent().prepare(at)).argv, '-p') ?? '';
  expect(Buffer.byteLength(prompt)).toBeLessThan(4_096);
  expect(prompt).toContain(join(at.sessionPath, promptFileName));
  const told = readFileSync(join(at.sessionPath, promptFileName), 'utf8');
  expect(told.match(/SKILL\.md/g)).toHaveLength(50);
  expect(told).toContain(at.brief);
});

test('prepared twice before its first run, it is one conversation; with a transcript it is resumed', async () => {
  const at = task();
  const prepared = agent();
  expect(valueAfter((await prepared.prepare(at)).argv, '--session-id')).toBe(ids[0]);
  expect(valueAfter((await prepared.prepare(at)).argv, '--session-id')).toBe(ids[0]);
  const project = join(at.homePath, '.claude', 'projects', '-some-folder');
  mkdirSync(project, { recursive: true });
  const said = (message: object): string =>
    `${JSON.stringify({ type: 'assistant', ...message })}\n{"type":"cost-state"}\n`;
  writeFileSync(join(project, `${ids[0]}.jsonl`), said({}));
  expect(valueAfter((await prepared.prepare(at)).argv, '--resume')).toBe(ids[0]);
  // A conversation is resumed after a provider outage or a half-written line, but not after a rejected request.
  writeFileSync(
    join(project, `${ids[0]}.jsonl`),
    `${said({ isApiErrorMessage: true, error: 'server_error' })}{"type":"assi`,
  );
  expect(valueAfter((await prepared.prepare(at)).argv, '--resume')).toBe(ids[0]);
  writeFileSync(
    join(project, `${ids[0]}.jsonl`),
    said({ isApiErrorMessage: true, error: 'invalid_request' }),
  );
  expect(valueAfter((await prepared.prepare(at)).argv, '--session-id')).toBe(ids[1]);
});

test('an invalid ID is not passed on', async () => {
  const at = task();
  mkdirSync(at.homePath);
  writeFileSync(join(at.homePath, 'moose-conversation-id'), '--dangerous\n');
  expect(valueAfter((await agent().prepare(at)).argv, '--session-id')).toBe(ids[0]);
});

test('missing parts are reported before anything is started', async () => {
  await expect(agent({ programPath: join(base, 'absent') }).prepare(task())).rejects.toMatchObject({
    code: 'AGENT_PROGRAM_MISSING',
    category: 'configuration',
  });
  await expect(agent().prepare(task({ model: null }))).rejects.toMatchObject({ code: 'AGENT_MODEL_MISSING' });
  await expect(agent().prepare(task({ gateway: null }))).rejects.toMatchObject({
    code: 'AGENT_GATEWAY_MISSING',
  });
  await expect(agent().prepare(task({ model: 'anthropic/--x' }))).rejects.toMatchObject({
    code: 'AGENT_MODEL_MISSING',
  });
  await expect(agent().prepare(task({ spendLimitNanoUsd: -1n }))).rejects.toMatchObject({
    code: 'AGENT_BUDGET',
  });
});

test('R-SES-4: the probe says how to fix what is missing', async () => {
  const absent = await agent({ searchPath: base.replace(/.$/, '') }).probe();
  expect(absent).toMatchObject({
    isInstalled: false,
    version: null,
    testedVersion: expect.any(String),
    advice: expect.stringContaining('npm install -g @anthropic-ai/claude-code@'),
  });
  const strange = await agent().probe();
  expect(strange).toMatchObject({
    isInstalled: false,
    version: null,
    advice: expect.stringContaining('does not report its version'),
  });
  expect(await agent({ searchPath: base }).probe()).toEqual(strange);
});

test('R-SEC-5: in a trusted project, the prompt names copies, and a server starts without the key', async () => {
  const assets = {
    instructions: [
      { path: 'AGENTS.md', copy: '/s/AGENTS.md' },
      { path: 'web/CLAUDE.md', copy: '/s/web/CLAUDE.md' },
    ],
    skills: [{ name: 'release', description: 'How to release', copy: '/s/release/SKILL.md' }],
    servers: [{ name: 'notes', command: 'node', args: ['notes.js'], env: { A: '1' } }],
  };
  const at = task({ assets });
  writeFileSync(join(at.worktreePath, 'CLAUDE.md'), 'changed');
  const { argv } = await agent().prepare(at);
  const prompt = valueAfter(argv, '-p') ?? '';
  expect(prompt).toContain('- "/s/AGENTS.md", for the whole repository: read it first');
  expect(prompt).toContain('- "/s/web/CLAUDE.md", for what is below "web"');
  expect(prompt).toContain('- release: "/s/release/SKILL.md", How to release');
  expect(prompt).not.toContain('Read CLAUDE.md');
  expect(valueAfter(argv, '--allowedTools')).toContain(',mcp__notes');
  const declared = JSON.parse(readFileSync(valueAfter(argv, '--mcp-config') ?? '', 'utf8'));
  expect(declared.mcpServers.notes).toEqual({
    type: 'stdio',
    command: '/usr/bin/env',
    args: ['-u', 'ANTHROPIC_API_KEY', 'node', 'notes.js'],
    env: { A: '1' },
  });
});
