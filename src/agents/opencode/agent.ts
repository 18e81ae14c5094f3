// OpenCode, as installed from its own package: it reads, writes and runs commands in the worktree by itself, and calls
// its model as the only provider of a complete configuration from Moose.

import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath, probeProgram } from '../program.ts';
import type { OpenCodeOptions, OpenCodeSettings } from './options.ts';
import { prepareOpenCode } from './prepare.ts';
import { openCodeProgram } from './program.ts';
import { reportOpenCode } from './report.ts';
import { openCodeTranscript } from './transcript.ts';

const defaults: OpenCodeSettings = { programPath: null, searchPath: defaultSearchPath };

export function createOpenCode(options: OpenCodeOptions = {}): Agent {
  const settings: OpenCodeSettings = { ...defaults, ...options };
  return {
    name: 'opencode',
    writesCode: true,
    takesServers: true,
    wires: ['anthropic-messages', 'openai-chat'],
    probe: async () => await probeProgram(openCodeProgram, settings),
    prepare: async (task) => await prepareOpenCode(task, settings),
    report: reportOpenCode,
    transcript: openCodeTranscript,
  };
}
