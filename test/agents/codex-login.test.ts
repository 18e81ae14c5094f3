import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createCodex } from '../../src/agents/codex/agent.ts';
import { applying } from '../../src/engine/pipeline/applying/applying.ts';
import { atStep } from '../../src/engine/pipeline/scratch-pipeline.fixture.ts';
import { defaultSettings } from '../../src/engine/policy/engine-settings.ts';
import { loginPathOf } from '../../src/engine/run/login-path.ts';
import { probeIsolation } from '../../src/sessions/isolation/probe-isolation.ts';
import type { Database } from '../../src/store/database.ts';
import { sessionsOf } from '../../src/store/work/sessions/session-rows.ts';
import { testDatabase } from '../database.ts';
import { installReal, installTimeoutMs } from './agent-ground.fixture.ts';
import { codexLogin, codexWire } from './codex-login-wire.fixture.ts';
import { startLoginProvider } from './login-provider.fixture.ts';

// The real program, with a login, in the real sandbox; only the provider is scripted.

let programPath = '';
beforeAll(async () => {
  programPath = await installReal('codex');
}, installTimeoutMs);

const command =
  'echo new > made.txt; env | grep -c OPENAI_ >> made.txt; curl -sS -m 5 https://example.com 2>&1 | tail -1';

async function withProvider(database: Database) {
  const agent = createCodex({ programPath, searchPath: process.env.PATH ?? '', retriesMax: 0 });
  const { login } = agent;
  if (login === undefined) throw new Error('Codex has no login');
  const wire = codexWire(command);
  const provider = await startLoginProvider(login.hosts, wire);
  onTestFinished(provider.stop);
  const { work } = await atStep(database, 'applying', {
    agents: [agent],
    settings: {
      isolation: 'auto',
      logins: { ...defaultSettings.logins, agents: ['codex'] },
      checkEnvironment: {
        PATH: process.env.PATH ?? '',
        HOME: '/nowhere',
        HTTPS_PROXY: provider.proxyUrl,
        SSL_CERT_FILE: provider.certificatePath,
      },
      // A path that the session may see, as if a person had granted it.
      grantedPaths: [{ path: dirname(provider.certificatePath), sight: 'read' }],
    },
  });
  const file = join(loginPathOf(work.settings, 'codex'), login.file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(codexLogin), { mode: 0o600 });
  const sessions = () => database.run((query) => sessionsOf(query, work.order.id));
  const calls = () => provider.requests.filter((each) => each.includes('/codex/responses'));
  return { work, wire, provider, file, sessions, calls };
}

test('R-PROJ-9: Codex works with a login, refreshes it, and tells its usage', async ({ skip }) => {
  skip((await probeIsolation()).way === null, 'this machine cannot isolate');
  const { work, wire, file, sessions, calls } = await withProvider(await testDatabase());
  expect(await applying(work)).toMatchObject({
    end: 'done',
    result: { outcome: 'changed', changedFiles: 1 },
  });
  // The program refreshes an expired login, and Moose keeps the new one for the next session.
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    tokens: { access_token: wire.accessToken, refresh_token: 'refresh-1' },
  });
  const call = `POST chatgpt.com /backend-api/codex/responses Bearer ${wire.accessToken}`;
  expect(calls()).toEqual([call, call]);
  expect(await sessions()).toMatchObject([
    {
      way: 'login',
      egress: 'listed',
      reportedInputTokens: 2_200n,
      reportedOutputTokens: 40n,
      // Codex does not report a price.
      notionalNanoUsd: null,
      refused: [{ host: 'example.com', port: 443, reason: 'not listed' }],
    },
  ]);
});

test('R-PROJ-9: the usage limit of ChatGPT pauses until the time that Codex reads from its answer', async ({
  skip,
}) => {
  skip((await probeIsolation()).way === null, 'this machine cannot isolate');
  const { work, provider, sessions, calls } = await withProvider(await testDatabase());
  // Codex reports the time to the minute.
  const untilSeconds = Math.floor(Date.now() / 60_000) * 60 + 5_400;
  provider.useUp(untilSeconds);
  await expect(applying(work)).rejects.toMatchObject({
    code: 'AGENT_USAGE_LIMIT',
    category: 'external',
    message: expect.stringContaining('hit your usage limit'),
  });
  // One request only: neither the program nor Moose retries.
  expect(calls()).toHaveLength(1);
  expect(await sessions()).toMatchObject([{ loginBackAt: new Date(untilSeconds * 1_000) }]);
});
