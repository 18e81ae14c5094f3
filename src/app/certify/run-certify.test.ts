// What is refused before anything is opened, and what of the environment a scratch Moose gets.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPrinter } from '../../cli/terminal/printer.ts';
import { readConfig } from '../config/config.ts';
import { secretNames } from '../config/variables.ts';
import { runCertify } from './run-certify.ts';
import { environmentOf, modelFor } from './scratch-moose.ts';

function certify(agent: string, rows: string[] = []) {
  const root = mkdtempSync(join(tmpdir(), 'moose-certify-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const entriesPath = join(root, 'agents.json');
  writeFileSync(entriesPath, '{"mine":{"command":["no-such-program"],"wires":["openai-chat"]}}');
  const environment = { PATH: '/usr/bin:/bin', HOME: root, MOOSE_ACP_AGENTS: entriesPath };
  const { signal } = new AbortController();
  const printer = createPrinter(true);
  return runCertify(
    { printer, agent, rows, limitMs: 1_000, signal },
    readConfig(environment, { data: root }),
    environment,
  );
}

test.each<[string, string[], string, RegExp]>([
  ['nobody', [], 'CERTIFY_AGENT_UNKNOWN', /patch, claude-code.*mine/],
  ['patch', [], 'CERTIFY_WITHOUT_MODEL', /moose agents/],
  ['mine', [], 'CERTIFY_PROGRAM_MISSING', /Install no-such-program/],
  ['mine', ['works', 'nonsense'], 'CERTIFY_ROW_UNKNOWN', /works, nothing, 401/],
])('agent %s with the rows %j is refused as %s', async (agent, rows, code, advice) => {
  await expect(certify(agent, rows)).rejects.toMatchObject({ code, advice: expect.stringMatching(advice) });
});

test('R-AGENT-3: a scratch Moose gets no key, no database and no server of the user', () => {
  const secrets = Object.fromEntries(secretNames.map((name) => [name, 'a real secret']));
  const given = {
    ...secrets,
    PATH: '/usr/bin',
    MOOSE_CLAUDE_PATH: '/opt/claude',
    MOOSE_ISOLATION: 'require',
    MOOSE_DATABASE_URL: 'postgres://user@host/moose',
    MOOSE_DATA: '/srv/own/.moose',
    MOOSE_KEYS_FILE: '/srv/own/keys',
    MOOSE_URL: 'https://moose.example',
    HTTPS_PROXY: 'http://proxy',
  };
  const taken = environmentOf(given, { name: 'mine', model: 'openai/gpt-5.1', url: 'http://127.0.0.1:9' });
  expect(JSON.stringify(taken)).not.toContain('a real secret');
  expect(taken).toMatchObject({
    PATH: '/usr/bin',
    MOOSE_CLAUDE_PATH: '/opt/claude',
    MOOSE_ISOLATION: 'require',
  });
  expect(Object.keys(taken)).not.toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^(MOOSE_(DATABASE_URL|DATA|KEYS_FILE|URL)|HTTPS_PROXY)$/),
    ]),
  );
  expect(modelFor({ wires: [] })).toBeNull();
});
