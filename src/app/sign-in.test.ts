import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AgentLogin } from '../engine/ports/agent.ts';
import { readConfig } from './config/config.ts';
import { diagnoseLogins } from './doctor/logins.ts';
import { signIn, signInWith, signOut } from './sign-in.ts';

function scratch() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'moose-sign-in-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return dataDirectory;
}

/** A program that signs in by running a script in the folder that it is given. */
const program = (script: string): AgentLogin => ({
  provider: 'anthropic',
  hosts: [],
  file: '.credentials.json',
  otherWays: /^$/,
  signIn: (folder) => ({ argv: ['/bin/sh', '-c', script], env: { FOLDER: folder, PATH: '/usr/bin:/bin' } }),
});

test('R-PROJ-9: of what the program leaves, only the file with the login is kept', async () => {
  const dataDirectory = scratch();
  const script = 'cd "$FOLDER" && ls -A > seen && echo login > .credentials.json && echo {} > settings.json';
  const { path } = await signInWith({ dataDirectory }, 'claude-code', program(script));
  expect(path).toBe(join(dataDirectory, 'logins', 'claude-code', '.credentials.json'));
  expect(readFileSync(path, 'utf8')).toBe('login\n');
  expect(readdirSync(join(dataDirectory, 'logins'))).toEqual(['claude-code']);
  expect(readdirSync(join(dataDirectory, 'logins', 'claude-code'))).toEqual(['.credentials.json']);
});

test('R-PROJ-9: a sign-in that fails keeps the login that was there', async () => {
  const dataDirectory = scratch();
  const login = program('echo one > "$FOLDER/.credentials.json"');
  const { path } = await signInWith({ dataDirectory }, 'claude-code', login);
  for (const script of ['exit 3', 'ln -s /etc/passwd "$FOLDER/.credentials.json"'])
    await expect(signInWith({ dataDirectory }, 'claude-code', program(script))).rejects.toMatchObject({
      code: 'LOGIN_NOT_MADE',
    });
  expect(readFileSync(path, 'utf8')).toBe('one\n');
});

test('R-PROJ-9: fear: what an agent left in the place of the login stops the next sign-in', async () => {
  const dataDirectory = scratch();
  const path = join(dataDirectory, 'logins', 'codex', '.credentials.json');
  const login = program('echo one > "$FOLDER/.credentials.json"');
  mkdirSync(join(path, 'inner'), { recursive: true });
  await signInWith({ dataDirectory }, 'codex', login);
  expect(readFileSync(path, 'utf8')).toBe('one\n');
  const other = join(dataDirectory, 'other');
  writeFileSync(other, 'kept');
  rmSync(path);
  symlinkSync(other, path);
  await signInWith({ dataDirectory }, 'codex', login);
  expect(readFileSync(path, 'utf8')).toBe('one\n');
  expect(readFileSync(other, 'utf8')).toBe('kept');
});

test('R-PROJ-9: the doctor tells whether a login is there, and signing out removes it', async () => {
  const dataDirectory = scratch();
  const config = readConfig({ PATH: process.env.PATH ?? '' }, { data: dataDirectory });
  expect(await diagnoseLogins(config)).toEqual([]);
  const used = {
    ...config,
    engine: { ...config.engine, logins: { ...config.engine.logins, agents: ['codex'] } },
  };
  expect(await diagnoseLogins(used)).toMatchObject([
    { name: 'login codex', state: 'warning', found: 'none' },
  ]);
  await signInWith(config, 'codex', { ...program('echo > "$FOLDER/auth.json"'), file: 'auth.json' });
  expect(await diagnoseLogins(config)).toMatchObject([
    { state: 'ok', found: expect.stringContaining('not used') },
  ]);
  const off = { ...used, engine: { ...used.engine, isolation: 'off' as const } };
  expect(await diagnoseLogins(off)).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('isolation') },
  ]);
  expect(await signOut(config, 'codex')).toMatchObject({ was_there: true });
  expect(await signOut(config, 'codex')).toMatchObject({ was_there: false });
  expect(existsSync(join(dataDirectory, 'logins', 'codex'))).toBe(false);
  await expect(signIn(config, 'aider')).rejects.toMatchObject({ code: 'AGENT_WITHOUT_LOGIN' });
});
