import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ClaudeCodeSettings } from './agent.ts';
import { probeClaudeCode, testedVersion } from './probe.ts';

function probe(script: string) {
  const directory = mkdtempSync(join(tmpdir(), 'moose-probe-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const programPath = join(directory, 'claude');
  writeFileSync(programPath, `#!/bin/sh\n${script}\n`);
  chmodSync(programPath, 0o755);
  return probeClaudeCode({ programPath, searchPath: '/usr/bin:/bin' } as ClaudeCodeSettings);
}

test.each([
  ['ends with an error', 'echo broken >&2; exit 3', null, /does not run .*install/],
  ['is killed', 'kill -KILL $$', null, /does not run/],
  ['says something else', 'echo hello', null, /does not say its version/],
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
