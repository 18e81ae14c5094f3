// How Claude Code uses a person's subscription. The program keeps the login in one folder, apart from its settings and
// transcripts; there it also refreshes the login, under a lock (measured on the tested version).

import type { AgentLogin } from '../../engine/ports/agent.ts';
import { requireProgram, startOf } from '../program.ts';
import { signInEnvironment } from '../sign-in-environment.ts';
import type { ClaudeCodeSettings } from './options.ts';
import { claudeCodeProgram } from './program.ts';

export function claudeCodeLogin(settings: ClaudeCodeSettings): AgentLogin {
  return {
    provider: 'anthropic',
    // The second host refreshes the login.
    hosts: ['api.anthropic.com', 'platform.claude.com'],
    file: '.credentials.json',
    otherWays: /^(?:ANTHROPIC|CLAUDE)_/i,
    signIn: (folder, given) => ({
      argv: [...startOf(requireProgram(claudeCodeProgram, settings)), 'auth', 'login'],
      env: { ...signInEnvironment(folder, settings.searchPath, given), CLAUDE_CONFIG_DIR: folder },
    }),
  };
}
