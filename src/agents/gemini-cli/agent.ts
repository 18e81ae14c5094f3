// Gemini CLI, as installed from its own package: it reads, writes and runs commands in the worktree by itself, and
// calls its model over Gemini's own protocol, its only one.

import { randomUUID } from 'node:crypto';
import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath, probeProgram } from '../program.ts';
import type { GeminiCliOptions, GeminiCliSettings } from './options.ts';
import { prepareGeminiCli } from './prepare.ts';
import { geminiCliProgram } from './program.ts';
import { reportGeminiCli } from './report.ts';
import { geminiCliTranscript } from './transcript.ts';

const defaults: GeminiCliSettings = {
  programPath: null,
  searchPath: defaultSearchPath,
  // Few, because Moose itself retries and checks the circuits: with Gemini CLI's default of nine retries, at least five
  // seconds apart, a failure takes minutes.
  retriesMax: 1,
  newConversationId: randomUUID,
};

export function createGeminiCli(options: GeminiCliOptions = {}): Agent {
  const settings: GeminiCliSettings = { ...defaults, ...options };
  return {
    name: 'gemini-cli',
    writesCode: true,
    wires: ['gemini'],
    probe: async () => await probeProgram(geminiCliProgram, settings),
    prepare: async (task) => await prepareGeminiCli(task, settings),
    report: reportGeminiCli,
    transcript: geminiCliTranscript,
  };
}
