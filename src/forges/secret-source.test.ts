import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { redact } from '../domain/text/redact.ts';
import { tokenSource } from './credentials.ts';
import { readSecret } from './secret-source.ts';

const missing = { code: 'FORGE_CREDENTIALS_MISSING', category: 'configuration', advice: expect.any(String) };
const none = () => undefined;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-secret-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('R-SEC-4: a secret is read where its row says, and no text shows it from then on', async () => {
  const secret = 'made-up-forge-token-42';
  const source = { source: 'env', name: 'MOOSE_FORGE_TOKEN' } as const;
  expect(await readSecret('example.org', source, () => ` ${secret}\n`)).toBe(secret);
  expect(redact(`token ${secret}`)).toBe('token [redacted:MOOSE_FORGE_TOKEN]');
  await expect(readSecret('example.org', source, none)).rejects.toMatchObject(missing);
});

test('R-SEC-4: a file counts only if nobody else can read it', async () => {
  const path = join(folder(), 'token');
  const source = { source: 'file', path } as const;
  await expect(readSecret('example.org', source, none)).rejects.toMatchObject(missing);
  writeFileSync(path, 'a-secret-of-a-file\n', { mode: 0o644 });
  const open = { ...missing, message: expect.stringContaining('by others') };
  await expect(readSecret('example.org', source, none)).rejects.toMatchObject(open);
  chmodSync(path, 0o600);
  expect(await readSecret('example.org', source, none)).toBe('a-secret-of-a-file');
});

test("the login of GitHub's command line is asked for once a minute, and again after a refusal", async () => {
  const home = folder();
  const calls = join(home, 'calls');
  const program = `#!/bin/sh\necho "$@" >> ${calls}\nprintf 'gho_made-up-%s\\n' "$(wc -l < ${calls})"\n`;
  writeFileSync(join(home, 'gh'), program, { mode: 0o755 });
  let now = new Date();
  const given = { read: none, now: () => now, programEnvironment: { PATH: `${home}:${process.env.PATH}` } };
  const source = tokenSource('example.org', { source: 'gh' }, given);
  expect(await source.token()).toEqual({
    token: expect.stringMatching(/^gho_made-up-\s*1$/),
    expiresAt: null,
  });
  const first = (await source.token()).token;
  source.forget();
  const second = (await source.token()).token;
  expect(second).not.toBe(first);
  now = new Date(now.getTime() + 61_000);
  expect((await source.token()).token).not.toBe(second);
});

test('a command line that is missing, not signed in or silent says what to do', async () => {
  const home = folder();
  const ask = () =>
    tokenSource(
      'example.org',
      { source: 'gh' },
      {
        read: none,
        now: () => new Date(),
        programEnvironment: { PATH: home },
      },
    ).token();
  await expect(ask()).rejects.toMatchObject(missing);
  writeFileSync(join(home, 'gh'), '#!/bin/sh\nexit 4\n', { mode: 0o755 });
  await expect(ask()).rejects.toMatchObject(missing);
  writeFileSync(join(home, 'gh'), '#!/bin/sh\n', { mode: 0o755 });
  await expect(ask()).rejects.toMatchObject({ ...missing, message: expect.stringContaining('nothing') });
});
