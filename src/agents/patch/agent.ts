// The built-in applier: writes a proposal's edits into the worktree exactly, and calls no model.

import type { Agent } from '../../engine/ports/agent.ts';
import { preparePatch } from './prepare.ts';
import { probePatch } from './probe.ts';
import { reportPatch } from './report.ts';
import { patchTranscript } from './transcript.ts';

export interface PatchOptions {
  /** Moose's own folder for Node's compile cache, with which a run starts in half the time. */
  compileCachePath?: string;
}

export function createPatch(options: PatchOptions = {}): Agent {
  return {
    name: 'patch',
    writesCode: false,
    wires: [],
    probe: async () => probePatch(),
    prepare: (task) => preparePatch(task, options),
    report: reportPatch,
    transcript: patchTranscript,
  };
}
