import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createClaudeCode } from '../../src/agents/claude-code/agent.ts';
import { applying } from '../../src/engine/pipeline/applying/applying.ts';
import { atStep } from '../../src/engine/pipeline/scratch-pipeline.fixture.ts';
import { defaultSettings } from '../../src/engine/policy/engine-settings.ts';
import { loginPathOf } from '../../src/engine/run/login-path.ts';
import { probeIsolation } from '../../src/sessions/isolation/probe-isolation.ts';
import type { Database } from '../../src/store/database.ts';
import { sessionsOf } from '../../src/store/work/sessions/session-rows.ts';
import { testDatabase } from '../database.ts';
import { installReal, installTimeoutMs } from './agent-ground.fixture.ts';
import { claudeLogin, claudeWire } from './claude-login-wire.fixture.ts';
import { type LoginProvider, startLoginProvider } from './login-provider.fixture.ts';

// The real program, with a login, in the real sandbox; only the provider is scripted.

let programPath = '';
beforeAll(async () => {
  programPath = await installReal('claude-code');
}, installTimeoutMs);

const command =
  'echo new > made.txt; env | grep -c ANTHROPIC_ >> made.txt; curl -sS -m 5 https://example.com 2>&1 | tail -1';

async function withProvider(database: Database, given: LoginProvider | null = null) {
  const agent = createClaudeCode({ programPath, searchPath: process.env.PATH ?? '' });
  const { login } = agent;
  if (login === undefined) throw new Error('Claude Code has no login');
  const provider = given ?? (await startLoginProvider(login.hosts, claudeWire(command)));
  if (given === null) onTestFinished(provider.stop);
  const { work } = await atStep(database, 'applying', {
    agents: [agent],
    settings: {
      isolation: 'auto',
      logins: { ...defaultSettings.logins, agents: ['claude-code'] },
      checkEnvironment: {
        PATH: process.env.PATH ?? '',
        HOME: '/nowhere',
        HTTPS_PROXY: provider.proxyUrl,
        NODE_EXTRA_CA_CERTS: provider.certificatePath,
      },
      // A path that the session may see, as if a person had granted it.
      grantedPaths: [{ path: dirname(provider.certificatePath), sight: 'read' }],
    },
  });
  const file = join(loginPathOf(work.settings, 'claude-code'), login.file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ claudeAiOauth: claudeLogin }), { mode: 0o600 });
  const sessions = () => database.run((query) => sessionsOf(query, work.order.id));
  return { work, provider, file, sessions };
}

test('R-PROJ-9: Claude Code works with a login, refreshes it, and tells its usage', async ({ skip }) => {
  skip((await probeIsolation()).way === null, 'this machine cannot isolate');
  const { work, provider, file, sessions } = await withProvider(await testDatabase());
  expect(await applying(work)).toMatchObject({
    end: 'done',
    result: { outcome: 'changed', changedFiles: 1 },
  });
  // The program refreshes an expired login, and Moose keeps the new one for the next session.
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    claudeAiOauth: { accessToken: 'access-1', refreshToken: 'refresh-1' },
  });
  const calls = provider.requests.filter((each) => each.includes('/v1/messages'));
  expect(new Set(calls)).toEqual(new Set(['POST api.anthropic.com /v1/messages Bearer access-1']));
  expect(await sessions()).toMatchObject([
    {
      way: 'login',
      egress: 'listed',
      reportedInputTokens: 2_200n,
      reportedOutputTokens: 40n,
      refused: [{ host: 'example.com', port: 443, reason: 'not listed' }],
    },
  ]);
  expect((await sessions())[0]?.notionalNanoUsd).toBeGreaterThan(0n);
});

test('R-PROJ-9: the usage limit that the provider reports pauses until the time in its header', async ({
  skip,
}) => {
  skip((await probeIsolation()).way === null, 'this machine cannot isolate');
  const { work, provider, sessions } = await withProvider(await testDatabase());
  const untilSeconds = Math.floor(Date.now() / 1_000) + 5_400;
  provider.useUp(untilSeconds);
  await expect(applying(work)).rejects.toMatchObject({
    code: 'AGENT_USAGE_LIMIT',
    category: 'external',
    message: expect.stringContaining('5-hour limit'),
  });
  // One request only: neither the program nor Moose retries.
  expect(provider.requests.filter((each) => each.includes('/v1/messages'))).toHaveLength(1);
  expect(await sessions()).toMatchObject([{ loginBackAt: new Date(untilSeconds * 1_000) }]);
});
