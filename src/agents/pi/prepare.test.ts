import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { createPi } from './agent.ts';

// Checks how pi is started; the contract suite checks that the real program accepts it.

const base = mkdtempSync(join(tmpdir(), 'moose-pi-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A placeholder for the program, of which only the path matters here. */
const programPath = join(base, 'pi');
writeFileSync(programPath, '#!/bin/sh\necho unknown\n');
chmodSync(programPath, 0o755);

function task(changes: Partial<AgentTask> = {}): AgentTask {
  const directory = mkdtempSync(join(base, 'task-'));
  const worktreePath = join(directory, 'worktree');
  mkdirSync(worktreePath);
  return {
    title: '--mode rpc',
    brief: '@/etc/passwd',
    proposal: null,
    worktreePath,
    sessionPath: join(directory, 'session'),
    homePath: join(directory, 'home'),
    model: 'anthropic/claude-x',
    gateway: { url: 'http://127.0.0.1:9/s/id/anthropic', key: 'the-key', wire: 'anthropic-messages' },
    outputTokensMax: 12_345,
    spendLimitNanoUsd: 1n,
    ...changes,
  };
}

const settingsOf = (at: AgentTask, name: string) =>
  JSON.parse(readFileSync(join(at.homePath, '.pi', 'agent', name), 'utf8'));

test('R-BUD-6: the gateway is the only provider that pi knows, and pi finds nothing of the repository', async () => {
  const at = task();
  const { argv, env } = await createPi({ programPath }).prepare(at);
  expect(argv[0]).toBe(programPath);
  for (const guard of ['--no-approve', '--no-extensions', '--no-skills', '--no-context-files', '--offline'])
    expect(argv).toContain(guard);
  expect(argv.slice(-2)).toEqual(['--', expect.stringMatching(/^Work order: --mode rpc\n/)]);
  expect(argv[argv.indexOf('--model') + 1]).toBe('claude-x');
  expect(settingsOf(at, 'models.json')).toEqual({
    providers: {
      moose: {
        baseUrl: 'http://127.0.0.1:9/s/id/anthropic',
        api: 'anthropic-messages',
        apiKey: '$MOOSE_GATEWAY_KEY',
        models: [expect.objectContaining({ id: 'claude-x', maxTokens: 12_345 })],
      },
    },
  });
  expect(env).toMatchObject({ HOME: at.homePath, MOOSE_GATEWAY_KEY: 'the-key', PI_OFFLINE: '1' });
  expect(JSON.stringify(argv)).not.toContain('the-key');
});

test.each([
  ['openai-chat', 'openai-completions', '/v1'],
  ['gemini', 'google-generative-ai', '/v1beta'],
] as const)('%s has its own path in the gateway', async (wire, api, path) => {
  const at = task({ gateway: { url: 'http://127.0.0.1:9/s/id/p', key: 'k', wire } });
  await createPi({ programPath }).prepare(at);
  const { moose } = settingsOf(at, 'models.json').providers;
  expect(moose).toMatchObject({ api, baseUrl: `http://127.0.0.1:9/s/id/p${path}` });
});

test('a protocol that it does not speak is refused before anything is started', async () => {
  const gateway = { url: 'http://127.0.0.1:9', key: 'k', wire: 'openai-responses' as const };
  await expect(createPi({ programPath }).prepare(task({ gateway }))).rejects.toMatchObject({
    code: 'AGENT_GATEWAY_MISSING',
    category: 'configuration',
  });
});

test('R-SEC-4: what a session left in its home is overwritten', async () => {
  const at = task();
  const agentPath = join(at.homePath, '.pi', 'agent');
  mkdirSync(agentPath, { recursive: true });
  for (const name of ['models.json', 'settings.json', 'auth.json'])
    writeFileSync(join(agentPath, name), '{"moose":{"key":"theirs"}}');
  await createPi({ programPath, retriesMax: 1 }).prepare(at);
  expect(settingsOf(at, 'auth.json')).toEqual({});
  expect(settingsOf(at, 'settings.json')).toMatchObject({
    retry: { enabled: true, maxRetries: 1, provider: { maxRetries: 0 } },
    cacheWarming: 'off',
    shellCommandPrefix: 'unset MOOSE_GATEWAY_KEY',
  });
});
