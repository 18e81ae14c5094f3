import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { createAider } from './agent.ts';

// Checks how Aider is started; `real-program.test.ts` checks that the real program accepts it.

const base = realpathSync(mkdtempSync(join(tmpdir(), 'moose-aider-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A placeholder for the program, of which only the first line matters here. */
const programPath = join(base, 'aider');
writeFileSync(programPath, '#!/opt/venv/bin/python3\n');
chmodSync(programPath, 0o755);

function task(changes: Partial<AgentTask> = {}): AgentTask {
  const directory = mkdtempSync(join(base, 'task-'));
  const worktreePath = join(directory, 'worktree');
  mkdirSync(worktreePath);
  return {
    title: '/run touch x',
    brief: '!touch x',
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

const valuesOf = (argv: readonly string[], option: string) =>
  argv.flatMap((argument, at) => (argument === option ? [argv[at + 1]] : []));

test('R-BUD-6: Aider runs in its own Python, without anything of the repository', async () => {
  const at = task();
  const { argv, env } = await createAider({ programPath }).prepare(at);
  expect(argv.slice(0, 2)).toEqual(['/opt/venv/bin/python3', '-I']);
  expect(argv[3]).toBe(join(at.sessionPath, 'aider-end.json'));
  // A prompt that begins with `/` or `!` would be a command.
  expect(readFileSync(argv[4] ?? '', 'utf8')).toMatch(/^Work order: \/run touch x\n\n!touch x\n/);
  for (const option of ['--model', '--weak-model', '--editor-model'])
    expect(valuesOf(argv, option)).toEqual(['anthropic/claude-x']);
  expect(env).toMatchObject({
    HOME: at.homePath,
    ANTHROPIC_API_BASE: 'http://127.0.0.1:9/s/id/anthropic',
    ANTHROPIC_API_KEY: 'the-key',
    GIT_CONFIG_COUNT: '2',
  });
  expect(JSON.stringify(argv)).not.toContain('the-key');
  const [settings] = JSON.parse(readFileSync(valuesOf(argv, '--model-settings-file')[0] ?? '', 'utf8'));
  expect(settings.extra_params).toMatchObject({ max_tokens: 12_345 });
});

test("Chat Completions has its own path in the gateway, and the model's full name", async () => {
  const gateway = { url: 'http://127.0.0.1:9/s/id/compatible', key: 'k', wire: 'openai-chat' as const };
  const at = task({ model: 'compatible/meta/llama:70b', gateway });
  const { argv, env } = await createAider({ programPath }).prepare(at);
  expect(valuesOf(argv, '--model')).toEqual(['openai/meta/llama:70b']);
  expect(env).toMatchObject({
    OPENAI_API_BASE: 'http://127.0.0.1:9/s/id/compatible/v1',
    OPENAI_API_KEY: 'k',
  });
  expect(env).not.toHaveProperty('ANTHROPIC_API_KEY');
});

test("Aider gets the repository's instructions and the files of a proposal, and no file outside the worktree", async () => {
  const write = (path: string) => ({ kind: 'write' as const, path, content: '' });
  const edits = ['there.txt', 'not-there.txt', 'folder', 'out.txt', '../outside.txt'].map(write);
  const at = task({ proposal: { plan: 'p', edits, risks: [] } });
  const { worktreePath } = at;
  for (const name of ['AGENTS.md', 'there.txt', '../outside.txt'])
    writeFileSync(join(worktreePath, name), '');
  mkdirSync(join(worktreePath, 'folder'));
  symlinkSync('/etc/hostname', join(worktreePath, 'CLAUDE.md'));
  symlinkSync('../outside.txt', join(worktreePath, 'out.txt'));
  const { argv } = await createAider({ programPath }).prepare(at);
  expect(valuesOf(argv, '--read')).toEqual([join(worktreePath, 'AGENTS.md')]);
  expect(valuesOf(argv, '--file')).toEqual([join(worktreePath, 'there.txt')]);
});

test('what cannot be run is reported before anything is started', async () => {
  const odd = join(base, 'odd');
  writeFileSync(odd, '#!/bin/sh\n');
  chmodSync(odd, 0o755);
  for (const path of [odd, join(base, 'absent')]) {
    await expect(createAider({ programPath: path }).prepare(task())).rejects.toMatchObject({
      code: 'AGENT_PROGRAM_MISSING',
      category: 'configuration',
    });
  }
});
