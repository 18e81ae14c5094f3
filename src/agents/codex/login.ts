// How Codex uses a person's subscription. The program keeps the login in one file, follows a link to it, and locks it
// while it refreshes the login (measured on the tested version).

import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentLogin } from '../../engine/ports/agent.ts';
import { makeOwnFolder } from '../home-files.ts';
import { requireProgram, startOf } from '../program.ts';
import { signInEnvironment } from '../sign-in-environment.ts';
import type { CodexSettings } from './options.ts';
import { codexProgram } from './program.ts';

const loginFile = 'auth.json';
/** The system's key store does not exist where sessions run. */
const inFile = ['-c', 'cli_auth_credentials_store="file"'];

/** The program must use the subscription, never an API key. */
export const loginSettings = [...inFile, '-c', 'forced_login_method="chatgpt"'];

export function codexLogin(settings: CodexSettings): AgentLogin {
  return {
    provider: 'openai',
    // The second host refreshes the login.
    hosts: ['chatgpt.com', 'auth.openai.com'],
    file: loginFile,
    otherWays: /^(?:OPENAI|CODEX|CHATGPT)_/i,
    signIn: (folder, given) => ({
      // The program prints an address and a code: no browser needs to reach this machine.
      argv: [...startOf(requireProgram(codexProgram, settings)), 'login', '--device-auth', ...inFile],
      env: { ...signInEnvironment(folder, settings.searchPath, given), CODEX_HOME: folder },
    }),
  };
}

/** Sessions can write to the home, so the link is recreated for each; without a login, an old link is removed. */
export async function linkLogin(homePath: string, loginPath: string | undefined): Promise<void> {
  const folder = await makeOwnFolder(homePath, '.codex');
  const path = join(folder, loginFile);
  await rm(path, { recursive: true, force: true });
  if (loginPath !== undefined) await symlink(join(loginPath, loginFile), path);
}
