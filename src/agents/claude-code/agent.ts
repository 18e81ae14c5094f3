// Claude Code, as installed from its own package: it reads, writes and runs commands in the worktree by itself, and
// calls its model through the given base URL.

import { randomUUID } from 'node:crypto';
import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath, probeProgram } from '../program.ts';
import { claudeCodeLogin } from './login.ts';
import type { ClaudeCodeOptions, ClaudeCodeSettings } from './options.ts';
import { prepareClaudeCode } from './prepare.ts';
import { claudeCodeProgram } from './program.ts';
import { reportClaudeCode } from './report.ts';
import { claudeCodeTranscript } from './transcript.ts';

const defaults: ClaudeCodeSettings = {
  programPath: null,
  searchPath: defaultSearchPath,
  // Few, because Moose itself retries and checks the circuits: with Claude Code's default of ten retries, a failure
  // takes eleven requests and three minutes.
  retriesMax: 2,
  newSessionId: randomUUID,
};

export function createClaudeCode(options: ClaudeCodeOptions = {}): Agent {
  const settings: ClaudeCodeSettings = { ...defaults, ...options };
  return {
    name: 'claude-code',
    writesCode: true,
    takesServers: true,
    wires: ['anthropic-messages'],
    efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
    login: claudeCodeLogin(settings),
    probe: async () => await probeProgram(claudeCodeProgram, settings),
    prepare: async (task) => await prepareClaudeCode(task, settings),
    report: reportClaudeCode,
    transcript: claudeCodeTranscript,
  };
}
