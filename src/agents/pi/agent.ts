// pi, as installed from its own package: it reads, writes and runs commands in the worktree by itself, and calls its
// model as the only provider in its model list.

import { randomUUID } from 'node:crypto';
import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath, probeProgram } from '../program.ts';
import type { PiOptions, PiSettings } from './options.ts';
import { preparePi } from './prepare.ts';
import { piProgram } from './program.ts';
import { reportPi } from './report.ts';
import { piTranscript } from './transcript.ts';

const defaults: PiSettings = {
  programPath: null,
  searchPath: defaultSearchPath,
  // Few, because Moose itself retries and checks the circuits.
  retriesMax: 2,
  newConversationId: randomUUID,
};

export function createPi(options: PiOptions = {}): Agent {
  const settings: PiSettings = { ...defaults, ...options };
  return {
    name: 'pi',
    writesCode: true,
    // Responses is not offered, although pi speaks it: pi would have to know for each model whether it reasons, and a
    // wrong answer makes the provider reject the request.
    wires: ['anthropic-messages', 'openai-chat', 'gemini'],
    probe: async () => await probeProgram(piProgram, settings),
    prepare: async (task) => await preparePi(task, settings),
    report: reportPi,
    transcript: piTranscript,
  };
}
