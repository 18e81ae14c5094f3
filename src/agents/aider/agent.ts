// Aider, as installed from its own package: it asks its model for edits and makes them. It runs no commands and
// continues no conversation: one message is one run, and the worktree is clean before each.
//
// Aider gets the brief and writes the code itself. If it only applied a proposal, a model would be paid for what
// `patch` does exactly and for free; in its own architect mode, each change would be paid for twice.

import type { Agent } from '../../engine/ports/agent.ts';
import { defaultSearchPath, type ProgramPlace } from '../program.ts';
import { prepareAider } from './prepare.ts';
import { probeAider } from './probe.ts';
import { reportAider } from './report.ts';

export type AiderOptions = Partial<ProgramPlace>;

export function createAider(options: AiderOptions = {}): Agent {
  const place: ProgramPlace = { programPath: null, searchPath: defaultSearchPath, ...options };
  return {
    name: 'aider',
    writesCode: true,
    wires: ['anthropic-messages', 'openai-chat'],
    probe: async () => await probeAider(place),
    prepare: async (task) => await prepareAider(task, place),
    report: reportAider,
  };
}
