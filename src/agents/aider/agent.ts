// Aider, as installed from its own package: it asks its model for edits and makes them. It runs no commands, and has no
// conversation to go on with: one message is one run, and its worktree is clean before each.
//
// It gets the brief and writes the code itself. Applying a proposal by it would pay a model for what `patch` does exactly
// and for nothing; its own architect mode would pay for each change twice.

import type { Agent } from '../../engine/ports/agent.ts';
import { type ProgramPlace, usualSearchPath } from '../program.ts';
import { prepareAider } from './prepare.ts';
import { probeAider } from './probe.ts';
import { reportAider } from './report.ts';

export type AiderOptions = Partial<ProgramPlace>;

export function createAider(options: AiderOptions = {}): Agent {
  const place: ProgramPlace = { programPath: null, searchPath: usualSearchPath, ...options };
  return {
    name: 'aider',
    writesCode: true,
    wires: ['anthropic-messages', 'openai-chat'],
    probe: async () => await probeAider(place),
    prepare: async (task) => await prepareAider(task, place),
    report: reportAider,
  };
}
