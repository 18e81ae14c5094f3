import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type AgentProgram, probeProgram, startOf } from './program.ts';

const testedVersion = '2.1.328';
const program: AgentProgram = {
  title: 'Claude Code',
  command: 'claude',
  setting: 'MOOSE_CLAUDE_PATH',
  testedVersion,
  package: { registry: 'npm', name: '@anthropic-ai/claude-code' },
};

function install(script: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-probe-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const programPath = join(directory, 'claude');
  writeFileSync(programPath, `#!/bin/sh\n${script}\n`);
  chmodSync(programPath, 0o755);
  return programPath;
}

const probe = (script: string) => probeAt(install(script));
const probeAt = (programPath: string) => probeProgram(program, { programPath, searchPath: '/usr/bin:/bin' });

test.each([
  ['ends with an error', 'echo broken >&2; exit 3', null, /does not run .*install/],
  ['is killed', 'kill -KILL $$', null, /does not run/],
  ['says something else', 'echo hello', null, /does not report its version/],
])(
  'R-SES-4: a program that %s is not installed, and the advice says how to mend it',
  async (_, script, version, advice) => {
    expect(await probe(script)).toEqual({
      isInstalled: false,
      version,
      testedVersion,
      advice: expect.stringMatching(advice),
    });
  },
);

test('another version is used, and told of; the tested one needs no advice', async () => {
  expect(await probe('echo 1.0.0')).toMatchObject({
    isInstalled: true,
    advice: expect.stringContaining('1.0.0'),
  });
  expect(await probe(`echo ${testedVersion}`)).toMatchObject({ isInstalled: true, advice: null });
});

test('the version is found wherever it stands', async () => {
  for (const said of [
    `codex-cli ${testedVersion}`,
    `aider ${testedVersion}`,
    `${testedVersion} (Claude Code)`,
  ])
    expect(await probe(`echo '${said}'`)).toMatchObject({ version: testedVersion, advice: null });
});

test('a program is asked once, and again when it is another; what failed is asked again at once', async () => {
  const path = install(`echo asked >>"$0.asked"; echo ${testedVersion}`);
  await Promise.all([probeAt(path), probeAt(path)]);
  await probeAt(path);
  expect(readFileSync(`${path}.asked`, 'utf8')).toBe('asked\n');
  writeFileSync(path, '#!/bin/sh\nexit 1\n');
  expect(await probeAt(path)).toMatchObject({ isInstalled: false });
  writeFileSync(path, '#!/bin/sh\necho 9.9.9\n');
  expect(await probeAt(path)).toMatchObject({ version: '9.9.9' });
});

test("a script of Node's is started by the Node that runs Moose, whatever the search path has", async () => {
  const path = install('');
  expect(startOf(path)).toEqual([path]);
  writeFileSync(path, '#!/usr/bin/env node\n');
  expect(startOf(path)).toEqual([process.execPath, path]);
  writeFileSync(path, '#!/usr/bin/env -S node --no-warnings=DEP0040\n');
  expect(startOf(path)).toEqual([process.execPath, '--no-warnings=DEP0040', path]);
  writeFileSync(path, '#!/usr/bin/env nodeenv\n');
  expect(startOf(path)).toEqual([path]);
});
