// Codex, as installed from its own package: it works with shell commands in the worktree, and calls its model over
// OpenAI Responses, its only protocol.

import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath, probeProgram } from '../program.ts';
import { codexLogin } from './login.ts';
import type { CodexOptions, CodexSettings } from './options.ts';
import { prepareCodex } from './prepare.ts';
import { codexProgram } from './program.ts';
import { reportCodex } from './report.ts';
import { codexTranscript } from './transcript.ts';

const defaults: CodexSettings = {
  programPath: null,
  searchPath: defaultSearchPath,
  // Few, because Moose itself retries: with Codex's own retries, a failure takes five times six requests.
  retriesMax: 2,
};

export function createCodex(options: CodexOptions = {}): Agent {
  const settings: CodexSettings = { ...defaults, ...options };
  return {
    name: 'codex',
    writesCode: true,
    takesServers: true,
    wires: ['openai-responses'],
    efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'],
    login: codexLogin(settings),
    probe: async () => await probeProgram(codexProgram, settings),
    prepare: async (task) => await prepareCodex(task, settings),
    report: reportCodex,
    transcript: codexTranscript,
  };
}
