// Qwen Code, as installed from its own package: it reads, writes and runs commands in the worktree by itself, and calls
// its model over the configured protocol.

import { randomUUID } from 'node:crypto';
import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath, probeProgram } from '../program.ts';
import type { QwenCodeOptions, QwenCodeSettings } from './options.ts';
import { prepareQwenCode } from './prepare.ts';
import { qwenCodeProgram } from './program.ts';
import { reportQwenCode } from './report.ts';
import { qwenCodeTranscript } from './transcript.ts';

const defaults: QwenCodeSettings = {
  programPath: null,
  searchPath: defaultSearchPath,
  // Each of these retries takes a minute and seven requests.
  retriesMax: 0,
  newConversationId: randomUUID,
};

export function createQwenCode(options: QwenCodeOptions = {}): Agent {
  const settings: QwenCodeSettings = { ...defaults, ...options };
  return {
    name: 'qwen-code',
    writesCode: true,
    wires: ['openai-chat', 'anthropic-messages', 'gemini'],
    probe: async () => await probeProgram(qwenCodeProgram, settings),
    prepare: async (task) => await prepareQwenCode(task, settings),
    report: reportQwenCode,
    transcript: qwenCodeTranscript,
  };
}
